package kvs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import kvs.command.ExitStatus;
import kvs.jar.Jar;
import kvs.jar.Shell;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A day of a person at the command line, in one transcript, against three real nodes with accounts; the third
 * one begins alone, so that there is a conflict when it joins.
 */
class TranscriptTest {

    private static final Path ROOT = Path.of(System.getProperty("kvs.root"));
    private static final Path SAMPLES = ROOT.resolve("test/kvs/transfer/samples");

    @TempDir
    private Path home;
    private final Map<String, CommandRun.RunningNode> nodes = new HashMap<>();
    private final Map<String, String> ports = new HashMap<>();
    private Transcript transcript;

    @AfterEach
    void stopsTheNodes() {
        nodes.values().forEach(CommandRun.RunningNode::close);
    }

    /** The commands of a person on the machine of the first node. */
    private CommandRun command() {
        return new CommandRun(home).with("KVS_DATA_DIR", home.resolve("node1").toString());
    }

    private void start(String name, String seeds) {
        Map<String, String> settings = new TreeMap<>(Map.of("KVS_NODE_ID", name, "KVS_HEARTBEAT_INTERVAL_MS",
                "100", "KVS_SUSPECT_AFTER_MS", "1000", "KVS_CLUSTER_SECRET",
                "a secret of 32 characters or more", "KVS_PORT", ports.getOrDefault(name, "0")));
        if (!seeds.isEmpty()) {
            settings.put("KVS_SEED_NODES", seeds);
        }
        try {
            CommandRun.RunningNode node = new CommandRun(home).with("KVS_DATA_DIR", home.resolve(name)
                    .toString()).startNode(settings);
            nodes.put(name, node);
            ports.put(name, node.url().replaceAll(".*:", ""));
            transcript.name(name, node.url());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Does what the transcript says: {@code stop node3}, {@code start node3}. */
    private void act(String words) {
        String name = words.split(" ")[1];
        if (words.startsWith("stop ")) {
            nodes.remove(name).close();
        } else {
            start(name, "127.0.0.1:" + ports.get("node1"));
        }
    }

    private void script(String name, String text) throws IOException {
        Path file = Files.writeString(home.resolve(name), "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    /** The files that the transcript names. */
    private void write() throws IOException {
        Files.createDirectory(home.resolve("samples"));
        for (String name : new String[] {"etcd.json", "consul.json", "couch_all_docs.json", "redis.txt"}) {
            Files.copy(SAMPLES.resolve(name), home.resolve("samples").resolve(name));
        }
        Files.writeString(home.resolve("config.json"), "{}");
        Path editor = Files.writeString(home.resolve("older"),
                "#!/bin/sh\nprintf '{\\n  \"age\": 33\\n}\\n' > $1\n");
        Files.setPosixFilePermissions(editor, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(home.resolve("state.in"), "the state is {{ key \"conf/state\" }}\n");
        Files.writeString(home.resolve("changes.ndjson"), """
                {"op":"put","path":"conf/a","data":1,"if_none_match":"*"}
                {"op":"put","path":"conf/b","data":2}
                """);
        transcript.name("home", home.toString());
        transcript.name("samples", home.resolve("samples").toString());
        transcript.name("admin3", Files.readString(home.resolve("node3/admin.token")).strip());
    }

    @Test
    void everyCommandPrintsWhatTheTranscriptSays() throws Exception {
        transcript = new Transcript(this::command, this::act);
        start("node1", "");
        start("node2", "127.0.0.1:" + ports.get("node1"));
        start("node3", "");
        write();
        transcript.run(ROOT.resolve("test/kvs/cli/samples/transcript.txt"));
        // Those behind it are of files between sites: SiteCommandsTest.
        assertEquals(EnumSet.range(ExitStatus.DONE, ExitStatus.UNREACHABLE), transcript.statuses());
        System.out.println("transcript of " + transcript.count() + " commands");
        interrupt();
    }

    /** The status of the real program when a person presses Ctrl-C. */
    private void interrupt() throws IOException {
        String heeds = "env --default-signal=INT ";
        assumeTrue(Shell.run(home, heeds + "true").status() == 0, "no env that resets signals here");
        Jar.Printed watch = Shell.run(home, heeds + "$JAVA_HOME/bin/java -Duser.home=$HOME -jar "
                + System.getProperty("kvs.jar") + " watch app/ --present --token-file token --endpoint "
                + nodes.get("node1").url() + " > seen & watch=$!;"
                + " for i in $(seq 600); do [ -s seen ] && break; sleep 0.1; done; kill -INT $watch;"
                + " wait $watch; echo status $?");
        assertEquals("status " + ExitStatus.INTERRUPTED.code() + "\n", watch.text());
        assertTrue(Files.readString(home.resolve("seen")).contains(" PUT app/"));
    }
}
