package kvs.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import kvs.world.FileTree;
import kvs.world.RealFileTree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories that are filled and emptied, with a site whose verdict on a file is in its content. */
class SpoolTest {

    private static final Set<String> CHANGES = Set.of("write", "replace", "force", "makeDirectory", "delete");
    private static final UUID SITE = UUID.fromString("1f2e3d4c-0000-4000-8000-000000000000");

    @TempDir
    private Path home;
    private final List<String> said = new ArrayList<>();
    private final Set<String> merged = new TreeSet<>();

    /** A site that merges {@code NEEDS x} when x was merged. */
    private final IncomingSpool.SizedFileTaker site = new IncomingSpool.SizedFileTaker() {
        @Override
        public FileResult take(String file) throws IOException {
            String text = Files.readString(home.resolve(file));
            if (text.startsWith("NEEDS ")) {
                boolean here = merged.contains(text.substring(6));
                return result(here ? merged(file) : FileVerdict.MISSING);
            }
            return result(text.equals("OK") ? merged(file) : FileVerdict.valueOf(text.strip()));
        }

        private FileVerdict merged(String file) {
            return merged.add(file) ? FileVerdict.MERGED : FileVerdict.NOTHING_NEW;
        }

        private FileResult result(FileVerdict verdict) {
            return new FileResult(verdict, verdict.word(), "a", List.of());
        }

        @Override
        public long madeMs(String file) {
            return 0;
        }

        @Override
        public long size(String file) throws IOException {
            if (file.equals(unreadable)) {
                throw new IOException("access denied");
            }
            return Files.size(home.resolve(file));
        }
    };
    private String unreadable = "";

    private void put(String name, String text) throws IOException {
        Files.writeString(home.resolve(name), text);
    }

    private List<String> files(String directory) throws IOException {
        if (!Files.isDirectory(home.resolve(directory))) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(home.resolve(directory))) {
            return all.filter(Files::isRegularFile).map(file -> file.getFileName().toString()).sorted()
                    .toList();
        }
    }

    private IncomingSpool spool(int keep) throws IOException {
        return new IncomingSpool(RealFileTree.open(home.toString()), keep, said::add);
    }

    private void round(IncomingSpool spool) throws IOException {
        spool.take(spool.arrived(), site);
    }

    @Test
    void filesAreTakenOnceInWhateverOrder() throws IOException {
        put("a.bundle", "NEEDS b.bundle");
        put("b.bundle", "NEEDS c.receipt");
        put("c.receipt", "OK");
        put(".d.bundle.tmp", "DAMAGED");
        put("e.bundle.part", "DAMAGED");
        put("notes", "DAMAGED");
        round(spool(9));
        assertEquals(List.of("a.bundle", "b.bundle", "c.receipt"), files("done"));
        assertEquals(List.of(".d.bundle.tmp", "e.bundle.part", "notes"), files(""));
        assertEquals(List.of("c.receipt: merged", "b.bundle: merged", "a.bundle: merged"), said);
    }

    @Test
    void fileWaitsForTheOneBeforeIt() throws IOException {
        IncomingSpool spool = spool(9);
        put("later.bundle", "NEEDS first.bundle");
        round(spool);
        assertEquals(List.of(), spool.arrived(), "nothing has come");
        put("first.bundle", "OK");
        round(spool);
        assertEquals(List.of("first.bundle", "later.bundle"), files("done"));
        assertEquals(List.of("later.bundle waits: missing", "first.bundle: merged", "later.bundle: merged"),
                said);
    }

    @Test
    void waitingFileIsTriedAgainNowAndThen() throws IOException {
        IncomingSpool spool = spool(9);
        put("x.bundle", "UNABLE");
        int tried = 0;
        for (int i = 0; i <= 2 * IncomingSpool.RETRY_ROUNDS; i++) {
            List<String> arrived = spool.arrived();
            tried += arrived.size();
            spool.take(arrived, site);
        }
        assertEquals(3, tried);
        assertEquals(List.of("x.bundle waits: unable"), said, "said once");
        assertEquals(List.of("x.bundle"), files(""));
    }

    @Test
    void refusedFileLiesBesideItsReason() throws IOException {
        for (FileVerdict verdict : List.of(FileVerdict.LATE, FileVerdict.PUT_BACK, FileVerdict.FOREIGN,
                FileVerdict.NEWER)) {
            put(verdict.word() + ".bundle", verdict.name());
        }
        for (FileVerdict verdict : List.of(FileVerdict.INCOMPLETE, FileVerdict.INTERRUPTED,
                FileVerdict.CLOCK_AHEAD)) {
            put(verdict.word() + ".bundle", verdict.name());
        }
        round(spool(9));
        assertEquals(List.of("foreign.bundle", "foreign.bundle.txt", "late.bundle", "late.bundle.txt",
                "newer.bundle", "newer.bundle.txt", "put_back.bundle", "put_back.bundle.txt"),
                files("refused"));
        assertEquals("late\n", Files.readString(home.resolve("refused/late.bundle.txt")));
        assertEquals(List.of("clock_ahead.bundle", "incomplete.bundle", "interrupted.bundle"), files(""));
    }

    @Test
    void damagedFileMayStillBeWritten() throws IOException {
        IncomingSpool spool = spool(9);
        put("x.bundle", "DAMAGED");
        round(spool);
        put("x.bundle", "DAMAGED\n");
        round(spool);
        assertEquals(List.of("x.bundle"), files(""), "it has grown");
        round(spool);
        assertEquals(List.of("x.bundle", "x.bundle.txt"), files("refused"));
    }

    @Test
    void oldestOnesAreForgotten() throws IOException {
        IncomingSpool spool = spool(2);
        for (String name : List.of("1", "2", "3")) {
            put(name + ".bundle", "OK");
            put(name + "x.bundle", "LATE");
        }
        round(spool);
        assertEquals(List.of("2.bundle", "3.bundle"), files("done"));
        assertEquals(List.of("2x.bundle", "2x.bundle.txt", "3x.bundle", "3x.bundle.txt"), files("refused"));
        put("3.bundle", "OK");
        round(spool);
        assertEquals("3.bundle: nothing_new", said.get(said.size() - 1));
    }

    /** Another program gives a name twice: the second file must be taken too. */
    @Test
    void fileThatIsReplacedMeanwhileIsNotPutAway() throws IOException {
        IncomingSpool spool = spool(9);
        put("x.bundle", "OK");
        int[] looks = {0};
        spool.take(spool.arrived(), new IncomingSpool.SizedFileTaker() {
            @Override
            public FileResult take(String file) throws IOException {
                FileResult result = site.take(file);
                put(file, "LATE");
                return result;
            }

            @Override
            public long madeMs(String file) {
                return looks[0]++ < 2 ? 1 : 2;
            }

            @Override
            public long size(String file) {
                return 4;
            }
        });
        assertEquals(List.of("x.bundle"), files(""));
        round(spool);
        assertEquals(List.of("x.bundle", "x.bundle.txt"), files("refused"));
    }

    @Test
    void pipesAndLinksAreLeftAlone() throws IOException {
        Files.createSymbolicLink(home.resolve("link.bundle"), home.resolve("elsewhere"));
        Files.createDirectory(home.resolve("directory.bundle"));
        put("x.bundle", "OK");
        assertEquals(List.of("x.bundle"), spool(9).arrived());
    }

    /** The process is killed before each change; the next one ends its work, and no file is lost. */
    @Test
    void killedProcessLosesNothing() throws IOException {
        boolean ended = false;
        for (int k = 0; !ended; k++) {
            for (String directory : List.of("done", "refused")) {
                for (String file : files(directory)) {
                    Files.delete(home.resolve(directory + "/" + file));
                }
            }
            merged.clear();
            put("good.bundle", "OK");
            put("bad.bundle", "LATE");
            try {
                IncomingSpool spool = new IncomingSpool(killed(k), 9, said::add);
                spool.take(spool.arrived(), site);
                ended = true;
            } catch (IOException killed) {
                round(spool(9));
            }
            assertEquals(List.of("good.bundle"), files("done"));
            assertEquals(List.of("bad.bundle", "bad.bundle.txt"), files("refused"));
            assertEquals("late\n", Files.readString(home.resolve("refused/bad.bundle.txt")));
            assertTrue(k < 20);
        }
    }

    private FileTree killed(int changes) throws IOException {
        FileTree real = RealFileTree.open(home.toString());
        int[] left = {changes};
        return (FileTree) Proxy.newProxyInstance(FileTree.class.getClassLoader(),
                new Class<?>[] {FileTree.class}, (proxy, method, args) -> {
                    if (CHANGES.contains(method.getName()) && left[0]-- <= 0) {
                        throw new IOException("killed");
                    }
                    try {
                        return method.invoke(real, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void bundlesHaveNamesThatSortAndAreBounded() throws IOException {
        OutgoingSpool out = new OutgoingSpool(RealFileTree.open(home.toString()), "b", 2, said::add);
        put("b-2-20231114T221320.000Z-1f2e3d4c.bundle", "of the partner b-2");
        put("b-20231114T221319.000Z-1f2e3d4c.bundle.part", "left by a process that was killed");
        for (long ms : new long[] {1_700_000_000_000L, 1_700_000_000_001L, 1_700_000_900_000L}) {
            out.add(ms, SITE, true, name -> {
                put(name, "");
                return "made";
            });
        }
        assertEquals(List.of("b-2-20231114T221320.000Z-1f2e3d4c.bundle",
                "b-20231114T221320.001Z-1f2e3d4c.bundle", "b-20231114T222820.000Z-1f2e3d4c.bundle"),
                files(""));
        assertEquals("b-20231114T222820.000Z-1f2e3d4c.bundle: made", said.get(2));
    }

    @Test
    void newBundleStaysAlthoughTheClockWasSetBack() throws IOException {
        OutgoingSpool out = new OutgoingSpool(RealFileTree.open(home.toString()), "b", 1, said::add);
        for (long ms : new long[] {1_700_000_900_000L, 1_700_000_000_000L}) {
            out.add(ms, SITE, true, name -> {
                put(name, "");
                return "made";
            });
        }
        assertEquals(List.of("b-20231114T221320.000Z-1f2e3d4c.bundle"), files(""));
    }

    @Test
    void filesThatWaitKeepNoOtherFromItsTurn() throws IOException {
        IncomingSpool spool = spool(9);
        for (int i = 0; i <= IncomingSpool.ROUND_MAX; i++) {
            put(String.format("w%04d.bundle", i), "UNABLE");
        }
        put("x.bundle", "OK");
        round(spool);
        round(spool);
        assertEquals(List.of("x.bundle"), files("done"));
        Set<String> tried = new TreeSet<>();
        for (int i = 0; i < 2 * IncomingSpool.RETRY_ROUNDS; i++) {
            tried.addAll(spool.arrived());
        }
        assertEquals(IncomingSpool.ROUND_MAX + 1, tried.size(), "each of those that wait");
    }

    @Test
    void unreadableFileKeepsNoOtherWaiting() throws IOException {
        unreadable = "u.bundle";
        put("u.bundle", "UNABLE");
        put("x.bundle", "OK");
        round(spool(9));
        assertEquals(List.of("x.bundle"), files("done"));
        assertEquals(List.of("x.bundle: merged", "u.bundle waits: unable"),
                said.stream().sorted(Comparator.reverseOrder()).toList());
    }

    /** Behind the longest name there is no place for that of its reason. */
    @Test
    void longestNameIsPutAway() throws IOException {
        String end = "x".repeat(247) + ".bundle";
        put("1" + end, "LATE");
        put("2" + end, "LATE");
        put("3" + end, "OK");
        put("4" + end, "OK");
        round(spool(1));
        assertEquals(List.of("2" + end), files("refused"));
        assertEquals(List.of("4" + end), files("done"));
    }

    @Test
    void nothingIsLostWhereNothingComesBack() throws IOException {
        OutgoingSpool out = new OutgoingSpool(RealFileTree.open(home.toString()), "b", 2, said::add);
        for (long ms = 0; ms < 3; ms++) {
            out.add(ms, SITE, false, name -> {
                put(name, "");
                return "made";
            });
        }
        assertEquals(2, files("").size());
        assertTrue(said.get(2).startsWith("nothing was made: " + home + " holds 2 bundles for b"),
                said.get(2));
        assertEquals(Arrays.asList("b-19700101T000000.000Z-1f2e3d4c.bundle",
                "b-19700101T000000.001Z-1f2e3d4c.bundle"), files(""));
    }
}
