package kvs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import kvs.command.ExitStatus;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code import} and {@code export} with the files of other stores, against a real node with accounts. */
class TransferCommandsTest {

    private static final Path SAMPLES = Path.of(System.getProperty("kvs.root"), "test/kvs/transfer/samples");

    @TempDir
    private static Path home;
    private static CommandRun.RunningNode node;

    @BeforeAll
    static void startsANode() throws Exception {
        node = new CommandRun(home).startNode(Map.of());
    }

    @AfterAll
    static void stopsIt() {
        node.close();
    }

    private static CommandRun.Result run(String... args) {
        return new CommandRun(home).run(args);
    }

    private static CommandRun.Result run(ExitStatus status, String... args) {
        CommandRun.Result result = run(args);
        assertEquals(status, result.status(), String.join(" ", args) + "\n" + result.err());
        return result;
    }

    /** A copy of a sample, beside which an import may note its progress. */
    private static String sample(String name) throws IOException {
        return Files.copy(SAMPLES.resolve(name), Files.createTempDirectory(home, "dump").resolve(name))
                .toString();
    }

    private static String summary(CommandRun.Result result) {
        return result.err().lines().reduce((first, second) -> second).orElse("")
                .replaceAll(", [0-9.]+ MB.*/s", "");
    }

    @Test
    void takesADumpIntoTheClusterOfTheContext() throws IOException {
        String file = sample("couch_all_docs.json");
        CommandRun.Result dry = run(ExitStatus.DONE, "import", "--from", "couchdb", file, "--under", "zoo/",
                "--rename", "farm:=farm/", "--dry-run");
        assertEquals("dry run, nothing written: would import 4 documents (4 new, 0 changed), 0 unchanged",
                summary(dry));
        run(ExitStatus.ABSENT, "ls", "zoo/");
        CommandRun.Result first = run(ExitStatus.DONE, "import", "--from", "couchdb", file, "--under", "zoo",
                "--rename", "farm:=farm/");
        assertEquals("imported 4 documents (4 new, 0 changed), 0 unchanged", summary(first));
        assertTrue(first.err().contains("line 6, entry 5: key 'zebra': attachments, left out\n"),
                first.err());
        assertEquals("zoo/aardvark\nzoo/farm/cow\nzoo/mule\nzoo/zebra\n",
                run(ExitStatus.DONE, "ls", "zoo/", "-r", "-o", "raw").out());
        String tag = run(ExitStatus.DONE, "get", "zoo/mule", "-o", "json").out();
        run(ExitStatus.DONE, "put", "zoo/zebra", "{}");
        CommandRun.Result again = run(ExitStatus.DONE, "import", "--from", "couchdb", file, "--under", "zoo",
                "--rename", "farm:=farm/", "--endpoint", node.url());
        assertEquals("imported 1 documents (0 new, 1 changed), 3 unchanged", summary(again));
        assertEquals(tag, run(ExitStatus.DONE, "get", "zoo/mule", "-o", "json").out());
        assertEquals("{\"legs\":4}", run(ExitStatus.DONE, "get", "zoo/zebra").out());
    }

    @Test
    void writesFilesForOtherStores() throws IOException {
        CommandRun.Result refused = run(ExitStatus.FAILED, "import", "--from", "consul",
                sample("consul.json"), node.url(), "--under", "c");
        assertTrue(refused.err().contains("line 32, entry 7: key 'app/x/': a segment is empty"),
                refused.err());
        assertEquals("imported 6 documents (6 new, 0 changed), 0 unchanged, 1 refused", summary(refused));
        String list = run(ExitStatus.DONE, "export", "-", "--prefix", "c/", "--to", "consul").out();
        assertTrue(list.contains("\n{\"key\":\"c/app/bin\",\"flags\":0,\"value\":\"AAH//g==\"},\n"), list);
        String file = home.resolve("put.sh").toString();
        run(ExitStatus.DONE, "export", node.url(), file, "--prefix", "c/app/p", "--to", "etcd-commands");
        assertTrue(Files.readString(Path.of(file)).endsWith("\netcdctl put -- 'c/app/port' '5432'\n"));
    }

    /** The first node is dead; two addresses are no node of this machine, so they need a token. */
    @Test
    void goesOnAtTheNextNode() throws IOException {
        String file = sample("couchbackup.txt");
        String[] command = {"import", "--from", "couchdb", file, "--under", "next", "--endpoint",
            "http://127.0.0.1:1," + node.url()};
        String refused = run(ExitStatus.FORBIDDEN, command).err();
        assertTrue(refused.contains("goes on at ") && refused.contains("nothing was imported"), refused);
        CommandRun withToken = new CommandRun(home).with("KVS_TOKEN", run("token").out().strip());
        CommandRun.Result result = withToken.run(command);
        assertEquals(ExitStatus.DONE, result.status(), result.err());
        assertEquals("imported 4 documents (4 new, 0 changed), 0 unchanged", summary(result));
        assertEquals(4, run(ExitStatus.DONE, "export", "-", "--prefix", "next/").out().lines().count());
    }

    /** A dry run makes no data directory, and takes the one of a stopped node as it is. */
    @Test
    void comparesWithADirectory() throws IOException {
        Path directory = Files.createDirectory(home.resolve("stopped"));
        String file = sample("etcd.json");
        List<String> command = List.of("import", "--from", "etcd", file, directory.toString(),
                "--rename", "/=", "--rename", "_=",
                "--rename", "app/metadata=app/meta", "--rename", "app/dir/=app/dir");
        String[] real = command.toArray(new String[0]);
        String[] dry = Stream.concat(command.stream(), Stream.of("--dry-run")).toArray(String[]::new);
        assertEquals("dry run, nothing written: would import 12 documents (12 new, 0 changed), 0 unchanged",
                summary(run(ExitStatus.DONE, dry)));
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(0, files.count(), "a dry run has made a data directory");
        }
        assertEquals("imported 12 documents (12 new, 0 changed), 0 unchanged",
                summary(run(ExitStatus.DONE, real)));
        assertEquals("dry run, nothing written: would import 0 documents (0 new, 0 changed), 12 unchanged",
                summary(run(ExitStatus.DONE, dry)));
        assertEquals("imported 0 documents (0 new, 0 changed), 12 unchanged",
                summary(run(ExitStatus.DONE, real)));
    }

    @Test
    void saysWhatIsWrong() throws IOException {
        String file = sample("etcd.json");
        assertTrue(run(ExitStatus.MISUSED, "import", "--from", "zookeeper", file).err().contains("etcd"));
        for (List<String> bad : List.of(List.of("--from", "etcd", file, "--metadata"),
                List.of(file, "--under", "_x"),
                List.of(file, "--under", "a//b"), List.of(file, "--rename", "a"),
                List.of(file, node.url(), "--endpoint", node.url()), List.of(file + ".none"))) {
            String[] args = Stream.concat(Stream.of("import"), bad.stream()).toArray(String[]::new);
            run(ExitStatus.MISUSED, args);
        }
        run(ExitStatus.MISUSED, "export", "-", "--to", "consul", "--metadata");
        run(ExitStatus.MISUSED, "export", node.url());
        run(ExitStatus.MISUSED, "export", home.toString());
        run(ExitStatus.MISUSED, "export", node.url(), "-", "--endpoint", node.url());
        CommandRun.Result nobody = run(ExitStatus.UNREACHABLE, "import", file, "--endpoint",
                "http://127.0.0.1:1", "--timeout", "1s");
        assertTrue(nobody.err().contains("nothing was imported"), nobody.err());
        assertFalse(Files.exists(Path.of(file + ".progress")));
    }
}
