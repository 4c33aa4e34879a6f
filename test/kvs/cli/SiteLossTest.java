package kvs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import kvs.command.ExitStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files between sites that come in any order, get lost, or are made with a new secret. */
class SiteLossTest {

    @TempDir
    private Path home;

    private String at(String name) {
        return home.resolve(name).toString();
    }

    private CommandRun.Result run(ExitStatus expected, String... args) {
        CommandRun.Result result = new CommandRun(home).run(args);
        assertEquals(expected, result.status(), String.join(" ", args) + "\n" + result.out() + result.err());
        return result;
    }

    private void load(String site, String path) throws IOException {
        Files.createDirectories(home.resolve(site));
        byte[] line = ("{\"path\":\"" + path + "\",\"data\":1}\n").getBytes(StandardCharsets.UTF_8);
        assertEquals(ExitStatus.DONE, new CommandRun(home).run(line, "import", "-", at(site)).status());
    }

    private void link(String... options) throws IOException {
        load("a", "docs/one");
        load("b", "private");
        String[] add = {"partner", "add", "b", at("a"), "--zone", "docs", "--write-link", at("link")};
        String[] all = Arrays.copyOf(add, add.length + options.length);
        System.arraycopy(options, 0, all, add.length, options.length);
        run(ExitStatus.DONE, all);
        run(ExitStatus.DONE, "partner", "add", "a", at("b"), "--link", at("link"));
    }

    private String made(String file, String... options) throws IOException {
        String[] make = {"bundle", "b", at(file), at("a")};
        String[] all = Arrays.copyOf(make, make.length + options.length);
        System.arraycopy(options, 0, all, make.length, options.length);
        return run(ExitStatus.DONE, all).out();
    }

    @Test
    void severalFilesAreTakenInWhateverOrderTheyStand() throws IOException {
        link("--send");
        made("z.bundle");
        load("a", "docs/two");
        made("m.bundle");
        load("a", "docs/three");
        made("a.bundle");
        Files.writeString(home.resolve("none.bundle"), "no bundle");
        String gap = run(ExitStatus.ABSENT, "merge", at("a.bundle"), at("m.bundle"), at("b")).err();
        assertTrue(gap.contains("it needs what an earlier bundle brought: bundle 1 is missing here. Carry"
                + " what is missing first"), gap);
        assertTrue(gap.contains("it needs what an earlier bundle brought: bundles 1 to 2 are missing here."),
                gap);
        CommandRun.Result all = run(ExitStatus.DAMAGED_FILE, "merge", at("a.bundle"), at("none.bundle"),
                at("m.bundle"), at("z.bundle"), at("m.bundle"), at("b"), "--receipt", at("way.back"));
        assertEquals(at("z.bundle") + ": merged: 1 of 1 versions of a\n" + at("m.bundle")
                + ": merged: 1 of 1 versions of a\n" + at("a.bundle") + ": merged: 1 of 1 versions of a\n"
                + "receipt for a is written to " + at("way.back") + "\n", all.out());
        assertTrue(all.err().startsWith("kvs: " + at("none.bundle") + ": nothing was changed:"), all.err());
        assertEquals("receipt of b is taken: the next bundle for it begins there\n",
                run(ExitStatus.DONE, "merge", at("way.back"), at("a")).out());
        run(ExitStatus.FAILED, "merge", at("a.bundle"), at("b"), "--receipt", at("way.back"));
        assertTrue(run(ExitStatus.UNREACHABLE, "merge", at("a.bundle"), at("m.bundle")).err()
                .contains("no node is named"), "without a directory it asks a running node");
    }

    @Test
    void bundleBeginsAfterAnEarlierOne() throws IOException {
        link("--send");
        made("1");
        for (String name : new String[] {"two", "three"}) {
            load("a", "docs/" + name);
            made(name);
        }
        run(ExitStatus.DONE, "merge", at("1"), at("b"));
        String lost = run(ExitStatus.ABSENT, "merge", at("three"), at("b")).err();
        assertTrue(lost.matches("(?s).*brought: bundle 2 is missing here, the last one was bundle 1 of"
                + " 20\\S+Z\\. Carry what is missing first, or carry a receipt of this site to a and make a"
                + " new one there\n"), lost);
        String again = made("again", "--since", "1");
        assertTrue(again.contains("docs  delta  2 versions"), again);
        assertEquals("merged: 2 of 2 versions of a\n",
                run(ExitStatus.DONE, "merge", at("again"), at("b")).out());
        String unknown = run(ExitStatus.ABSENT, "bundle", "b", at("x"), at("a"), "--since", "9").err();
        assertTrue(unknown.contains("which are 1 to 4. Take one of these, or --full"), unknown);
        run(ExitStatus.MISUSED, "bundle", "b", at("x"), at("a"), "--since", "1", "--full");
        assertFalse(Files.exists(home.resolve("x")));
    }

    @Test
    void overlapIsOfALinkThatOnlyGoesOut() throws IOException {
        link("--send", "--overlap", "2");
        assertTrue(run(ExitStatus.DONE, "partner", "ls", at("a")).out().contains("only out, overlap 2"));
        assertTrue(made("1").contains("  full  "));
        assertTrue(made("2").contains("  full  "), "the first one may be lost");
        assertTrue(made("3").contains("  delta  "));
        for (String[] bad : new String[][] {{"--send", "--overlap", "0"}, {"--send", "--overlap", "17"},
            {"--overlap", "2"}}) {
            String[] add = {"partner", "add", "x", at("a"), "--zone", "docs", "--write-link", at("l")};
            String[] all = Arrays.copyOf(add, add.length + bad.length);
            System.arraycopy(bad, 0, all, add.length, bad.length);
            assertTrue(run(ExitStatus.MISUSED, all).err().contains("an overlap is a number from 1 to 16"));
        }
    }

    @Test
    void linkGetsANewSecret() throws IOException {
        link();
        made("old");
        run(ExitStatus.MISUSED, "partner", "rotate", "b", at("a"));
        run(ExitStatus.MISUSED, "partner", "rotate", "b", at("a"), "--write-link", at("link"));
        run(ExitStatus.ABSENT, "partner", "rotate", "x", at("a"), "--forget-old");
        String said = run(ExitStatus.DONE, "partner", "rotate", "b", at("a"), "--write-link", at("new"))
                .out();
        assertTrue(said.contains("the link to b has a new secret"), said);
        assertFalse(Files.readString(home.resolve("new")).equals(Files.readString(home.resolve("link"))));
        made("signed");
        run(ExitStatus.DAMAGED_FILE, "merge", at("signed"), at("b"));
        run(ExitStatus.DONE, "bundle", "a", at("of-b"), at("b"));
        run(ExitStatus.DONE, "merge", at("of-b"), at("a"));
        Files.writeString(home.resolve("other"), Files.readString(home.resolve("new"))
                .replaceAll("\"link\":\"[0-9a-f]{8}", "\"link\":\"00000000"));
        String other = run(ExitStatus.MISUSED, "partner", "rotate", "a", at("b"), "--link", at("other"))
                .err();
        assertTrue(other.contains("of another link than that to a"), other);
        run(ExitStatus.DONE, "partner", "rotate", "a", at("b"), "--link", at("new"));
        run(ExitStatus.DONE, "merge", at("old"), at("signed"), at("b"));
        run(ExitStatus.DONE, "partner", "rotate", "a", at("b"), "--forget-old");
        run(ExitStatus.DAMAGED_FILE, "merge", at("old"), at("b"));
        run(ExitStatus.DONE, "merge", at("signed"), at("b"));
    }
}
