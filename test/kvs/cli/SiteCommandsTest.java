package kvs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import kvs.command.ExitStatus;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on partners and files between sites, with two directories and a stick between them. */
class SiteCommandsTest {

    @TempDir
    private static Path home;

    @BeforeAll
    static void makesTwoSites() throws IOException {
        load("a", "docs/one", "1");
        load("b", "docs/two", "2");
        run(ExitStatus.DONE, "partner", "add", "b", at("a"), "--zone", "docs", "--write-link", at("link"));
        assertEquals("rw-------", PosixFilePermissions.toString(
                Files.getPosixFilePermissions(home.resolve("link"))));
        run(ExitStatus.DONE, "partner", "add", "a", at("b"), "--link", at("link"));
        run(ExitStatus.DONE, "bundle", "b", at("1.bundle"), at("a"));
    }

    private static void load(String site, String path, String json) throws IOException {
        Files.createDirectory(home.resolve(site));
        byte[] line = ("{\"path\":\"" + path + "\",\"data\":" + json + "}\n")
                .getBytes(StandardCharsets.UTF_8);
        CommandRun.Result result = new CommandRun(home).run(line, "import", "-", at(site));
        assertEquals(ExitStatus.DONE, result.status(), result.err());
    }

    private static String at(String name) {
        return home.resolve(name).toString();
    }

    private static CommandRun.Result run(ExitStatus expected, String... args) {
        CommandRun.Result result = new CommandRun(home).run(args);
        assertEquals(expected, result.status(), String.join(" ", args) + "\n" + result.out() + result.err());
        return result;
    }

    @Test
    void bundleIsMadeInspectedAndVerified() {
        CommandRun.Result made = run(ExitStatus.DONE, "bundle", "b", at("2.bundle"), at("a"));
        assertTrue(made.out().matches("(?s)bundle \\d+ of site \\S+ for .*, made \\S+, 1 versions,"
                + " \\d+ bytes\ndocs +full +1 versions +of 1 keys  ([a-z]{4,7} ){7}[a-z]{4,7}\n"),
                made.out());
        assertEquals(made.out(), run(ExitStatus.DONE, "inspect", at("2.bundle")).out());
        assertTrue(run(ExitStatus.DONE, "inspect", at("2.bundle"), "-o", "json").out()
                .matches("(?s)\\[\\{\"zone\":\"docs\",\"form\":\"full\",\"versions\":1,\"keys\":1,"
                        + "\"digest\":\"[0-9a-f]{64}\"\\}\\]\n"));
        String verified = run(ExitStatus.DONE, "verify", at("2.bundle"), at("b")).out();
        assertTrue(verified.contains("not equal here  brings something new"), verified);
        assertTrue(run(ExitStatus.FAILED, "bundle", "b", at("2.bundle"), at("a")).err()
                .contains("exists: name a new file"));
        String unnamed = run(ExitStatus.UNREACHABLE, "verify", at("2.bundle")).err();
        assertTrue(unnamed.contains("no node is named"), unnamed);
    }

    /** A file may carry some zones of the link; what it left out comes with the next one. */
    @Test
    void bundleCarriesTheZonesThatAreNamed() throws IOException {
        load("y", "plans/one", "1");
        byte[] more = "{\"path\":\"notes/two\",\"data\":2}\n".getBytes(StandardCharsets.UTF_8);
        assertEquals(ExitStatus.DONE, new CommandRun(home).run(more, "import", "-", at("y")).status());
        load("z", "free/x", "1");
        run(ExitStatus.DONE, "partner", "add", "z", at("y"), "--zone", "plans", "--zone", "notes",
                "--write-link", at("z.link"));
        run(ExitStatus.DONE, "partner", "add", "y", at("z"), "--link", at("z.link"));
        String other = run(ExitStatus.FAILED, "bundle", "z", at("y0"), at("y"), "--zone", "docs").err();
        assertTrue(other.contains("nothing was made: the zone docs is not in the link to z, which has ["),
                other);
        run(ExitStatus.MISUSED, "bundle", "z", at("y0"), at("y"), "--zone", "no//path");
        run(ExitStatus.MISUSED, "bundle", "z", at("y"), "--zone", "plans", "--spool", at("spool"));
        assertFalse(Files.exists(home.resolve("y0")));
        String one = run(ExitStatus.DONE, "bundle", "z", at("y1"), at("y"), "--zone", "plans", "--zone",
                "plans").out();
        assertTrue(one.contains("\nplans  full  1 versions") && !one.contains("notes"), one);
        assertEquals("merged: 1 of 1 versions of y\n", run(ExitStatus.DONE, "merge", at("y1"), at("z"))
                .out());
        run(ExitStatus.DONE, "bundle", "y", at("z1"), at("z"));
        run(ExitStatus.DONE, "merge", at("z1"), at("y"));
        String rest = run(ExitStatus.DONE, "bundle", "z", at("y2"), at("y")).out();
        assertTrue(rest.matches("(?s).*\nplans +delta +0 versions.*")
                && rest.matches("(?s).*\nnotes +delta +1 versions.*"), rest);
        assertEquals("merged: 1 of 1 versions of y\n", run(ExitStatus.DONE, "merge", at("y2"), at("z"))
                .out());
    }

    /** The story of two sites: both write, files go in both directions, and both end up equal. */
    @Test
    void twoSitesBecomeEqualByFiles() throws IOException {
        load("m", "docs/one", "1");
        load("n", "docs/two", "2");
        run(ExitStatus.DONE, "partner", "add", "n", at("m"), "--zone", "docs", "--write-link", at("n.link"));
        run(ExitStatus.DONE, "partner", "add", "m", at("n"), "--link", at("n.link"));
        run(ExitStatus.DONE, "bundle", "n", at("m1"), at("m"));
        assertEquals("merged: 1 of 1 versions of m\n",
                run(ExitStatus.DONE, "merge", at("m1"), at("n")).out());
        assertEquals("nothing new: 0 of 1 versions of m\n",
                run(ExitStatus.DONE, "merge", at("m1"), at("n")).out());
        run(ExitStatus.DONE, "bundle", "m", at("n1"), at("n"));
        assertTrue(run(ExitStatus.DONE, "inspect", at("n1")).out().contains("delta  1 versions"));
        assertEquals("merged: 1 of 1 versions of n\n",
                run(ExitStatus.DONE, "merge", at("n1"), at("m")).out());
        run(ExitStatus.DONE, "receipt", "n", at("m.receipt"), at("m"));
        assertTrue(run(ExitStatus.DONE, "verify", at("m.receipt"), at("n")).out()
                .contains("  equal here  nothing new"));
        String taken = run(ExitStatus.DONE, "merge", at("m.receipt"), at("n")).out();
        assertEquals("receipt of m is taken: the next bundle for it begins there\n", taken);
        run(ExitStatus.DONE, "bundle", "m", at("n2"), at("n"));
        assertTrue(run(ExitStatus.DONE, "inspect", at("n2")).out().contains("delta  0 versions"));
        run(ExitStatus.DONE, "bundle", "m", at("n3"), at("n"), "--full");
        assertTrue(run(ExitStatus.DONE, "inspect", at("n3")).out().contains("full  2 versions"));
        assertTrue(run(ExitStatus.DONE, "partner", "reset", "m", at("n")).out().contains("stranger"));
        run(ExitStatus.ABSENT, "partner", "reset", "x", at("n"));
    }

    @Test
    void receiptIsComparedAndGivesTheNextBundleItsBase() {
        String receipt = run(ExitStatus.DONE, "receipt", "a", at("b.receipt"), at("b")).out();
        assertTrue(receipt.startsWith("receipt of site "), receipt);
        assertTrue(receipt.contains("statement  0 versions  of 1 keys"), receipt);
        String compared = run(ExitStatus.DONE, "verify", at("b.receipt"), at("a")).out();
        assertTrue(compared.contains("not equal here  has something new"), compared);
        String full = run(ExitStatus.DONE, "bundle", "b", at("3.bundle"), at("a"), "--receipt",
                at("b.receipt")).out();
        assertTrue(full.contains("  full  "), "b has nothing of a: " + full);
        String foreign = run(ExitStatus.UNREACHABLE, "bundle", "b", at("4.bundle"), at("a"), "--receipt",
                at("1.bundle")).err();
        assertTrue(foreign.contains("it was made by this site"), foreign);
        assertFalse(Files.exists(home.resolve("4.bundle")));
    }

    @Test
    void wrongSiteAndDamageHaveTheirOwnStatus() throws IOException {
        load("c", "x", "1");
        String none = run(ExitStatus.ABSENT, "bundle", "b", at("5.bundle"), at("c")).err();
        assertTrue(none.contains("there is no partner b"), none);
        String wrong = run(ExitStatus.UNREACHABLE, "verify", at("1.bundle"), at("c")).err();
        assertTrue(wrong.contains("has no such link"), wrong);
        byte[] bytes = Files.readAllBytes(home.resolve("1.bundle"));
        bytes[bytes.length / 2 + 40] ^= 1;
        Files.write(home.resolve("bad.bundle"), bytes);
        String damaged = run(ExitStatus.DAMAGED_FILE, "verify", at("bad.bundle"), at("b")).err();
        assertTrue(damaged.contains("nothing was changed") && damaged.contains("carry the file again"),
                damaged);
        run(ExitStatus.DAMAGED_FILE, "inspect", at("bad.bundle"));
        bytes[7] = '2';
        Files.write(home.resolve("bad.bundle"), bytes);
        String newer = run(ExitStatus.NEWER_FILE, "inspect", at("bad.bundle")).err();
        assertTrue(newer.contains("newer version of KVS"), newer);
    }

    @Test
    void partnersAreListedAndRemoved() throws IOException {
        load("d", "x", "1");
        load("e", "x", "1");
        run(ExitStatus.DONE, "partner", "add", "e", at("d"), "--zone", "docs", "--zone", "_accounts",
                "--send", "--write-link", at("e.link"));
        run(ExitStatus.DONE, "partner", "add", "d", at("e"), "--link", at("e.link"));
        assertEquals("e  _accounts docs  only out  no bundle  site not known yet\n",
                run(ExitStatus.DONE, "partner", "ls", at("d")).out());
        String site = run(ExitStatus.DONE, "partner", "ls", at("e")).out();
        assertTrue(site.matches("d  _accounts docs  only in  no bundle  site [0-9a-f-]{36}\n"), site);
        String oneWay = run(ExitStatus.FAILED, "bundle", "d", at("x"), at("e")).err();
        assertTrue(oneWay.contains("only comes in"), oneWay);
        String nested = refused("f", "--zone", "docs/deep", "--write-link", at("f.link"));
        assertTrue(nested.contains("zones must be equal, or have no key in common"), nested);
        assertFalse(Files.exists(home.resolve("f.link")));
        String again = refused("e", "--zone", "docs", "--write-link", at("f.link"));
        assertTrue(again.contains("there is a partner e already"), again);
        String taken = refused("f", "--zone", "docs", "--write-link", at("e.link"));
        assertTrue(taken.contains("exists: name a new file"), taken);
        String own = refused("me", "--link", at("e.link"));
        assertTrue(own.contains("made by this site"), own);
        run(ExitStatus.DONE, "partner", "rm", "e", at("d"));
        assertEquals("", run(ExitStatus.DONE, "partner", "ls", at("d")).out(), "nor the one without a link");
        run(ExitStatus.ABSENT, "partner", "rm", "e", at("d"));
    }

    private static String refused(String name, String... options) {
        String[] args = Arrays.copyOf(new String[] {"partner", "add", name, at("d")}, 4 + options.length);
        System.arraycopy(options, 0, args, 4, options.length);
        return run(ExitStatus.FAILED, args).err();
    }

    @Test
    void linksAreMadeOrUsed() throws IOException {
        run(ExitStatus.MISUSED, "partner", "add", "c", at("a"), "--zone", "docs");
        run(ExitStatus.MISUSED, "partner", "add", "c", at("a"), "--link", at("link"), "--send");
        run(ExitStatus.MISUSED, "partner", "add", "c", at("a"), "--zone", "a,a/b", "--write-link", at("l"));
        run(ExitStatus.MISUSED, "partner", "add", "c d", at("a"), "--zone", "a", "--write-link", at("l"));
        Files.writeString(home.resolve("no.link"), "{\"kvs_link\":1}");
        String noLink = run(ExitStatus.MISUSED, "partner", "add", "c", at("a"), "--link", at("no.link"))
                .err();
        assertTrue(noLink.contains("it is no link file"), noLink);
    }

    @Test
    void secretIsShownByNothingButTheLink() throws IOException {
        String secret = Files.readString(home.resolve("link")).replaceAll("(?s).*\"secret\":\"([^\"]+)\".*",
                "$1");
        assertEquals(43, secret.length());
        String shown = run(ExitStatus.DONE, "partner", "ls", at("a"), "-o", "json").out()
                + run(ExitStatus.DONE, "inspect", at("1.bundle"), "-o", "json").out();
        run(ExitStatus.DONE, "export", at("a"), at("all.ndjson"));
        assertFalse((shown + Files.readString(home.resolve("all.ndjson"))).contains(secret), shown);
    }
}
