package kvs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import kvs.command.ExitStatus;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on partners and files, at two running nodes with a stick between them. */
class RunningSiteCommandsTest {

    @TempDir
    private static Path home;
    private static CommandRun a;
    private static CommandRun b;
    private static CommandRun.RunningNode nodeOfA;
    private static CommandRun.RunningNode nodeOfB;

    @BeforeAll
    static void startsTwoSites() throws IOException {
        a = site("a");
        b = site("b");
        nodeOfA = start(a);
        nodeOfB = start(b);
        link("docs", "docs");
    }

    @AfterAll
    static void stopsBoth() {
        nodeOfA.close();
        nodeOfB.close();
    }

    private static CommandRun site(String name) throws IOException {
        return new CommandRun(Files.createDirectory(home.resolve(name)));
    }

    private static CommandRun.RunningNode start(CommandRun site) throws IOException {
        return site.startNode(Map.of("KVS_AUTH_ENABLED", "false", "KVS_RATE_LIMITING_ENABLED", "false"));
    }

    /** Makes the sites partners for a path; each knows the other one under that name. */
    private static void link(String name, String path, String... options) {
        String[] add = {"partner", "add", name, "--zone", path, "--write-link", at(name + ".link")};
        String[] all = Arrays.copyOf(add, add.length + options.length);
        System.arraycopy(options, 0, all, add.length, options.length);
        String added = run(a, ExitStatus.DONE, all).out();
        assertTrue(added.matches("partner " + name + " is added; this is site [0-9a-f-]{36}\\. Carry \\S+ to"
                + " the partner, and delete it after its 'kvs partner add'\n"), added);
        run(b, ExitStatus.DONE, "partner", "add", name, "--link", at(name + ".link"));
    }

    private static String at(String name) {
        return home.resolve(name).toString();
    }

    private static CommandRun.Result run(CommandRun site, ExitStatus expected, String... args) {
        CommandRun.Result result = site.run(args);
        assertEquals(expected, result.status(), String.join(" ", args) + "\n" + result.out() + result.err());
        return result;
    }

    private static void put(CommandRun site, String path, String json) {
        run(site, ExitStatus.DONE, "put", path, json);
    }

    @Test
    void twoRunningSitesBecomeEqual() throws IOException {
        link("story", "story");
        put(a, "story/one", "1");
        put(b, "story/two", "2");
        String made = run(a, ExitStatus.DONE, "bundle", "story", at("1")).out();
        assertTrue(made.startsWith("bundle 1 of site ")
                && made.contains("story  full  1 versions  of 1 keys"), made);
        assertEquals(made, run(a, ExitStatus.DONE, "inspect", at("1")).out());
        String verified = run(b, ExitStatus.DONE, "verify", at("1")).out();
        assertTrue(verified.contains("not equal here  brings something new"), verified);
        assertEquals("merged: 1 of 1 versions of story\n", run(b, ExitStatus.DONE, "merge", at("1")).out());
        assertEquals("nothing new: 0 of 1 versions of story\n",
                run(b, ExitStatus.DONE, "merge", at("1")).out());
        run(b, ExitStatus.DONE, "bundle", "story", at("2"));
        assertTrue(run(b, ExitStatus.DONE, "inspect", at("2")).out().contains("delta  1 versions"));
        String both = run(a, ExitStatus.DONE, "merge", at("2"), "--receipt", at("receipt")).out();
        assertTrue(both.startsWith("merged: 1 of 1 versions of story\nreceipt for story is written"), both);
        assertTrue(run(b, ExitStatus.DONE, "verify", at("receipt")).out()
                .contains("  equal here  nothing new"));
        String late = run(b, ExitStatus.DONE, "bundle", "story", at("3"), "--receipt", at("receipt")).out();
        assertTrue(late.contains("delta  0 versions"), late);
        assertTrue(run(b, ExitStatus.DONE, "bundle", "story", at("4"), "--full").out()
                .contains("full  2 versions"));
        assertEquals("[{\"file\":\"" + at("4") + "\",\"verdict\":\"merged\",\"sentence\":\"merged:"
                + " 0 of 2 versions of story\"}]\n",
                run(a, ExitStatus.DONE, "merge", at("4"), "-o", "json").out());
        assertEquals("2", run(a, ExitStatus.DONE, "get", "story/two").out());
    }

    /** A link without a way back: what was lost is carried again, or the bundle behind it is refused. */
    @Test
    void lostStickOfOneWayLinkNeedsEarlierBundle() throws IOException {
        link("diode", "diode", "--send", "--overlap", "1");
        put(a, "diode/one", "1");
        run(a, ExitStatus.DONE, "bundle", "diode", at("d1"));
        put(a, "diode/two", "2");
        run(a, ExitStatus.DONE, "bundle", "diode", at("d2"));
        String missing = run(b, ExitStatus.ABSENT, "merge", at("d2")).err();
        assertTrue(missing.contains(at("d2") + ": nothing was merged: zone diode: it needs what an earlier"
                + " bundle brought"), missing);
        assertEquals(missing, run(b, ExitStatus.ABSENT, "verify", at("d2")).err());
        String many = run(b, ExitStatus.DONE, "merge", at("d2"), at("d1")).out();
        assertEquals(at("d1") + ": merged: 1 of 1 versions of diode\n" + at("d2")
                + ": merged: 1 of 1 versions of diode\n", many, "in whatever order they are named");
        put(a, "diode/three", "3");
        run(a, ExitStatus.DONE, "bundle", "diode", at("lost"));
        assertTrue(run(a, ExitStatus.DONE, "bundle", "diode", at("d4"), "--since", "2").out()
                .contains("delta  1 versions"));
        assertEquals("merged: 1 of 1 versions of diode\n", run(b, ExitStatus.DONE, "merge", at("d4")).out());
        assertTrue(run(a, ExitStatus.ABSENT, "bundle", "diode", at("d5"), "--since", "77").err()
                .contains("Take one of these, or a full one"));
        assertTrue(run(b, ExitStatus.FAILED, "bundle", "diode", at("d6")).err().contains("only comes in"));
        assertTrue(run(a, ExitStatus.FAILED, "receipt", "diode", at("d6")).err().contains("only goes out"));
        assertFalse(Files.exists(home.resolve("d5")) || Files.exists(home.resolve("d6")));
    }

    @Test
    void directoryIsFilledAndEmptied() throws Exception {
        link("spool", "spool");
        put(a, "spool/one", "1");
        String made = run(a, ExitStatus.DONE, "bundle", "spool", "--spool", at("way")).out();
        assertTrue(made.matches("spool-\\S+\\.bundle: bundle 1, 1 versions, \\d+ bytes\n"), made);
        CommandRun.Running empties = b.start("merge", "--watch", at("way"), "--every", "20ms");
        long end = System.nanoTime() + 60_000_000_000L;
        while (!empties.out().contains(": merged: 1 of 1 versions of spool") && System.nanoTime() < end) {
            LockSupport.parkNanos(10_000_000);
        }
        assertEquals(ExitStatus.DONE, empties.stop(), empties.err());
        assertTrue(empties.out().contains(": merged: 1 of 1 versions of spool"), empties.out());
        run(a, ExitStatus.ABSENT, "bundle", "nobody", "--spool", at("way"));
        run(a, ExitStatus.MISUSED, "merge");
    }

    @Test
    void badFilesHaveTheirStatus() throws IOException {
        put(a, "docs/x", "1");
        run(a, ExitStatus.DONE, "bundle", "docs", at("bad"));
        assertTrue(run(a, ExitStatus.UNREACHABLE, "merge", at("bad")).err()
                .contains("it was made by this site"));
        byte[] bytes = Files.readAllBytes(home.resolve("bad"));
        bytes[bytes.length / 2 + 40] ^= 1;
        Files.write(home.resolve("bad"), bytes);
        assertTrue(run(b, ExitStatus.DAMAGED_FILE, "merge", at("bad")).err()
                .contains("carry the file again"));
        run(b, ExitStatus.DAMAGED_FILE, "verify", at("bad"));
        bytes[7] = '2';
        Files.write(home.resolve("bad"), bytes);
        run(b, ExitStatus.NEWER_FILE, "merge", at("bad"));
        run(b, ExitStatus.MISUSED, "merge", at("absent"));
        assertTrue(run(a, ExitStatus.FAILED, "bundle", "docs", at("bad")).err().contains("exists"));
        assertTrue(run(a, ExitStatus.ABSENT, "bundle", "nobody", at("new")).err().contains("no partner"));
        CommandRun stopped = site("stopped");
        assertEquals(ExitStatus.UNREACHABLE, stopped.with("KVS_ENDPOINT", "http://127.0.0.1:1")
                .run("merge", at("docs.link")).status());
    }

    /** A part whose connection was lost is sent again while the node is at work on it. */
    @Test
    void uploadGoesOnBehindABusyPart() throws IOException {
        Files.write(home.resolve("busy.bundle"), new byte[10]);
        AtomicInteger parts = new AtomicInteger();
        String none = "\"bytes\":10,\"done_bytes\":0,\"all_bytes\":20";
        try (ForeignServer server = new ForeignServer(head -> {
            String type = "Content-Type: application/json\r\nConnection: close\r\n";
            if (head.startsWith("PUT") && parts.incrementAndGet() < 3) {
                return ForeignServer.response(409, type, "{\"status\":409,\"detail\":\"at work\"}");
            }
            String result = head.startsWith("GET") ? "\"state\":\"done\",\"verdict\":\"nothing_new\","
                    + "\"sentence\":\"nothing new\",\"zones\":[]," : "\"state\":\"receiving\",";
            return ForeignServer.response(200, type, "{\"id\":\"1\"," + result + none + "}");
        })) {
            CommandRun.Result merged = site("busy").run("merge", at("busy.bundle"), "--endpoint",
                    server.url());
            assertEquals("nothing new\n", merged.out(), merged.err());
            assertEquals(3, parts.get());
        }
    }

    @Test
    void wrongArgumentsChangeNothing() throws IOException {
        put(a, "docs/wrong", "1");
        run(a, ExitStatus.DONE, "bundle", "docs", at("w1"));
        String data = Files.createDirectory(home.resolve("some")).toString();
        for (String[] both : new String[][] {{"merge", at("w1"), data}, {"verify", at("w1"), data},
            {"bundle", "docs", at("w2"), data}, {"partner", "ls", data}, {"merge", data, "--watch", data},
            {"bundle", "docs", data, "--spool", data}}) {
            String[] all = Arrays.copyOf(both, both.length + 2);
            all[both.length] = "--node";
            all[both.length + 1] = "n1";
            String misused = run(a, ExitStatus.MISUSED, all).err();
            assertTrue(misused.contains("and not both"), misused);
        }
        run(a, ExitStatus.MISUSED, "merge", at("w1"), "--keep", "3");
        run(a, ExitStatus.MISUSED, "merge", at("w1"), "--every", "3s");
        run(a, ExitStatus.MISUSED, "merge", data, "--watch", data, "--every", "0s");
        run(a, ExitStatus.MISUSED, "bundle", "docs", at("w2"), "--keep", "3");
        String merged = run(b, ExitStatus.FAILED, "bundle", "docs", at("w2"), "--receipt", at("w1")).err();
        assertTrue(merged.contains("is a bundle: take its documents by 'kvs merge'"), merged);
        run(b, ExitStatus.ABSENT, "get", "docs/wrong");
        run(a, ExitStatus.ABSENT, "receipt", "a b&c", at("w2"));
        run(a, ExitStatus.FAILED, "partner", "add", "unwritten", "--zone", "unwritten", "--write-link",
                at("w1") + "/link");
        assertFalse(run(a, ExitStatus.DONE, "partner", "ls").out().contains("unwritten"));
    }

    @Test
    void bundleCarriesTheZonesThatAreNamed() throws IOException {
        run(a, ExitStatus.DONE, "partner", "add", "two", "--zone", "z1", "--zone", "z2", "--write-link",
                at("two.link"));
        run(b, ExitStatus.DONE, "partner", "add", "two", "--link", at("two.link"));
        put(a, "z1/k", "1");
        put(a, "z2/k", "2");
        String some = run(a, ExitStatus.DONE, "bundle", "two", at("two1"), "--zone", "z2").out();
        assertTrue(some.contains("\nz2  full  1 versions") && !some.contains("z1"), some);
        run(b, ExitStatus.DONE, "merge", at("two1"));
        run(b, ExitStatus.ABSENT, "get", "z1/k");
        assertEquals("2", run(b, ExitStatus.DONE, "get", "z2/k").out());
        assertTrue(run(a, ExitStatus.FAILED, "bundle", "two", at("two2"), "--zone", "z3").err()
                .contains("is not in the link to two"));
    }

    @Test
    void linkGetsANewSecretWhileBothRun() throws IOException {
        link("keyed", "keyed");
        put(a, "keyed/one", "1");
        run(a, ExitStatus.DONE, "bundle", "keyed", at("k-old"));
        run(a, ExitStatus.MISUSED, "partner", "rotate", "keyed");
        run(a, ExitStatus.MISUSED, "partner", "rotate", "keyed", "--write-link", at("keyed.link"));
        run(a, ExitStatus.ABSENT, "partner", "rotate", "nobody", "--forget-old");
        run(a, ExitStatus.ABSENT, "partner", "rotate", "nobody", "--write-link", at("nobody.link"));
        assertFalse(Files.exists(home.resolve("nobody.link")));
        CommandRun.Result said = run(a, ExitStatus.DONE, "partner", "rotate", "keyed", "--write-link",
                at("keyed2.link"), "--verbose");
        assertTrue(said.out().startsWith("the link to keyed has a new secret: what is made for it now can be"
                + " read only with " + at("keyed2.link")), said.out());
        String secret = Files.readString(home.resolve("keyed2.link"))
                .replaceAll("(?s).*\"secret\":\"([^\"]+)\".*", "$1");
        assertFalse((said.out() + said.err()).contains(secret), "a secret is shown");
        assertFalse(Files.readString(home.resolve("keyed.link")).contains(secret));
        run(a, ExitStatus.DONE, "bundle", "keyed", at("k-signed"));
        run(b, ExitStatus.DAMAGED_FILE, "merge", at("k-signed"));
        run(b, ExitStatus.DONE, "bundle", "keyed", at("k-of-b"));
        run(a, ExitStatus.DONE, "merge", at("k-of-b"));
        String other = run(b, ExitStatus.MISUSED, "partner", "rotate", "keyed", "--link", at("docs.link"))
                .err();
        assertTrue(other.contains("of another link than that to keyed"), other);
        String taken = run(b, ExitStatus.DONE, "partner", "rotate", "keyed", "--link", at("keyed2.link"))
                .out();
        assertTrue(taken.startsWith("the link to keyed has the secret of " + at("keyed2.link")), taken);
        run(b, ExitStatus.DONE, "merge", at("k-old"), at("k-signed"));
        assertEquals("the link to keyed has one secret: files that were made with an older one are"
                + " refused\n", run(b, ExitStatus.DONE, "partner", "rotate", "keyed", "--forget-old").out());
        run(b, ExitStatus.DAMAGED_FILE, "merge", at("k-old"));
        run(b, ExitStatus.DONE, "merge", at("k-signed"));
        run(a, ExitStatus.DONE, "partner", "rotate", "keyed", "--forget-old");
        run(a, ExitStatus.DAMAGED_FILE, "merge", at("k-of-b"));
    }

    /** The file with a new secret is there before the node has it: the same file ends what failed. */
    @Test
    void failedRotationIsEndedByItsFile() throws IOException {
        link("cut", "cut");
        String listed = "{\"site\":\"" + new UUID(1, 1) + "\",\"partners\":[{\"name\":\"cut\",\"link\":\""
                + new UUID(2, 2) + "\",\"sends\":true,\"receives\":true,\"overlap\":1,\"zones\":[{\"paths\":"
                + "[\"/\"]}]}]}";
        try (ForeignServer server = new ForeignServer(head -> ForeignServer.response(
                head.startsWith("GET") ? 200 : 503, "Content-Type: application/json\r\nConnection: close\r\n",
                head.startsWith("GET") ? listed : "{\"status\":503,\"detail\":\"no writes\"}"))) {
            CommandRun.Result failed = site("cutter").run("partner", "rotate", "cut", "--write-link",
                    at("cut2.link"), "--endpoint", server.url());
            assertTrue(failed.status() != ExitStatus.DONE && failed.err().contains("'kvs partner rotate cut"
                    + " --link " + at("cut2.link") + "' here ends"), failed.err());
        }
        String link = Files.readString(home.resolve("cut2.link"));
        assertTrue(link.contains("\"link\":\"" + new UUID(2, 2)) && link.contains("[[\"/\"]]"), link);
        assertEquals("rw-------", PosixFilePermissions.toString(
                Files.getPosixFilePermissions(home.resolve("cut2.link"))));
        Files.writeString(home.resolve("cut3.link"), link.replace(new UUID(2, 2).toString(),
                Files.readString(home.resolve("cut.link")).replaceAll("(?s).*\"link\":\"([^\"]+)\".*",
                        "$1")));
        run(a, ExitStatus.DONE, "partner", "rotate", "cut", "--link", at("cut3.link"));
        run(a, ExitStatus.DONE, "bundle", "cut", at("cut.bundle"));
        run(b, ExitStatus.DAMAGED_FILE, "merge", at("cut.bundle"));
    }

    @Test
    void partnersAreListedResetAndRemoved() throws IOException {
        link("gone", "gone,other", "--send");
        assertEquals("rw-------", PosixFilePermissions.toString(
                Files.getPosixFilePermissions(home.resolve("gone.link"))));
        String shown = run(a, ExitStatus.DONE, "partner", "ls").out();
        assertTrue(shown.matches("(?s).*gone +gone,other +only out +no bundle +site not known yet.*"), shown);
        String listed = run(b, ExitStatus.DONE, "partner", "ls", "-o", "ndjson").out();
        assertTrue(listed.contains("\"name\":\"gone\",\"zones\":\"gone,other\",\"direction\":\"only in\""),
                listed);
        String status = run(a, ExitStatus.DONE, "status").out();
        assertTrue(status.contains("\npartner docs  not heard of yet\n"), status);
        assertTrue(run(b, ExitStatus.DONE, "partner", "reset", "gone").out().contains("stranger"));
        assertTrue(run(a, ExitStatus.FAILED, "partner", "add", "x", "--zone", "gone/deep", "--write-link",
                at("x.link")).err().contains("zones must be equal"));
        assertFalse(Files.exists(home.resolve("x.link")));
        assertTrue(run(a, ExitStatus.FAILED, "partner", "add", "x", "--zone", "x", "--write-link",
                at("gone.link")).err().contains("exists: name a new file"));
        String secret = Files.readString(home.resolve("gone.link"))
                .replaceAll("(?s).*\"secret\":\"([^\"]+)\".*", "$1");
        assertEquals(43, secret.length());
        CommandRun.Result told = run(b, ExitStatus.FAILED, "partner", "add", "again", "--link",
                at("gone.link"), "--verbose");
        assertTrue(told.err().contains("--data-binary @-") && told.err().contains("with the same link"),
                told.err());
        assertFalse((told.err() + told.out() + listed + shown).contains(secret), "a secret is shown");
        run(a, ExitStatus.MISUSED, "partner", "add", "x", "--zone", "x");
        assertEquals("partner gone is removed\n", run(a, ExitStatus.DONE, "partner", "rm", "gone").out());
        run(a, ExitStatus.ABSENT, "partner", "rm", "gone");
        run(a, ExitStatus.ABSENT, "partner", "reset", "../x");
    }
}
