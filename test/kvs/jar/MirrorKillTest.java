package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import kvs.sim.Depth;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A mirror of documents that change all the time, while its node is killed and it is killed itself: its files
 * end as the documents, none is half at any moment, and its command never sees parts of two batches.
 */
@Tag(Depth.DEEP)
class MirrorKillTest {

    private static final int ROUNDS = Depth.of(1, 2);
    private static final int BATCH = Depth.of(40, 100);
    private static final int SINGLE = Depth.of(40, 400);
    private static final int RESTING = Depth.of(1, 900);
    private static final int STEPS = Depth.of(8, 20);
    private static final int LOOK = Depth.of(1, 4);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    @TempDir
    private static Path directory;
    private final Random random = new Random(1);
    private final Map<String, String> documents = new TreeMap<>();
    private int number = 10;

    @Test
    void filesEndAsTheDocuments() throws Exception {
        try (Cluster three = new Cluster(directory)) {
            rest(three);
            Process mirror = mirror(three);
            try {
                for (int round = 0; round < ROUNDS; round++) {
                    writeUntilSeen(three);
                    three.node(round % 2).kill();
                    write(three);
                    Shell.await(mirror.destroyForcibly());
                    write(three);
                    mirror = mirror(three);
                    writeUntilSeen(three);
                    three.start(round % 2);
                    write(three);
                }
                untilEqual();
            } finally {
                Shell.await(mirror.destroyForcibly());
            }
        }
        assertOneBatch(looks());
        try (Stream<Path> own = Files.list(out().resolve(".kvs-mirror/new"))) {
            assertEquals(0, own.count(), "a document that was staged is left over");
        }
    }

    private static void assertOneBatch(List<String> looks) {
        assertTrue(looks.size() > 1, "the command ran: " + looks);
        assertEquals(List.of(), looks.stream().filter(one -> !one.equals("1") && !one.equals("0")).toList(),
                "numbers in the files of one batch");
    }

    private static Path out() {
        return directory.resolve("out");
    }

    private static Path log() {
        return directory.resolve("log");
    }

    /** Mirrors the first two nodes; each run of its command notes how many batches the files show. */
    private static Process mirror(Cluster three) throws IOException {
        ProcessBuilder builder = Jar.command(directory, "mirror", "app/", out().toString(), "--endpoint",
                three.node(0).url + "," + three.node(1).url, "--exec",
                "cat " + out()
                        + "/set/* 2> /dev/null | fold -w 5 | sort -u | grep -c . >> " + log() + "; true");
        builder.environment().put("XDG_STATE_HOME", directory.resolve("state").toString());
        File said = directory.resolve("mirror.err").toFile();
        return builder.redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.appendTo(said)).start();
    }

    /** Writes documents that do not change. */
    private void rest(Cluster three) throws IOException {
        List<String> ops = new ArrayList<>();
        for (int i = 0; i < RESTING; i++) {
            ops.add(put("rest/k" + i, "10000"));
        }
        post(three, ops);
    }

    private static void post(Cluster three, List<String> ops) throws IOException {
        byte[] body = ("{\"atomic\":true,\"ops\":[" + String.join(",", ops) + "]}")
                .getBytes(StandardCharsets.UTF_8);
        assertEquals(200, three.node(2).send("POST", "/kv/_batch", body).statusCode());
    }

    /** Writes batches and single documents, deletes some, and looks at the files meanwhile. */
    private void write(Cluster three) throws IOException {
        for (int step = 0; step < STEPS; step++) {
            number++;
            List<String> ops = new ArrayList<>();
            for (int i = 0; i < BATCH; i++) {
                ops.add(put("set/k" + i, Integer.toString(10_000 + number)));
            }
            for (int d = 0; d < 3; d++) {
                String key = "one/d" + d + "/k" + random.nextInt(SINGLE);
                ops.add(documents.containsKey(key) && random.nextBoolean() ? delete(key)
                        : put(key, Integer.toString(10_000 + random.nextInt(10_000))));
            }
            post(three, ops);
            if (step % LOOK == 0) {
                files().forEach((name, text) -> assertTrue(text.matches("[12][0-9]{4}"), name + " is half: "
                        + text));
            }
            Jar.pauseBetweenLooks();
        }
    }

    /** Writes until the command has run once more: the mirror keeps up with documents that never rest. */
    private void writeUntilSeen(Cluster three) throws IOException {
        int before = looks().size();
        long start = System.nanoTime();
        do {
            write(three);
            assertTrue(System.nanoTime() - start < PATIENCE_NANOS,
                    () -> "the command does not run: " + said());
        } while (looks().size() == before);
    }

    private static List<String> looks() throws IOException {
        return Files.exists(log()) ? Files.readAllLines(log()) : List.of();
    }

    private String delete(String key) {
        documents.remove(key);
        return "{\"op\":\"delete\",\"path\":\"app/" + key + "\"}";
    }

    private String put(String key, String document) {
        documents.put(key, document);
        return "{\"op\":\"put\",\"path\":\"app/" + key + "\",\"data\":" + document + "}";
    }

    private void untilEqual() throws IOException {
        long start = System.nanoTime();
        while (Files.exists(out().resolve(".kvs-mirror/due")) || !files().equals(documents)) {
            assertTrue(System.nanoTime() - start < PATIENCE_NANOS, () -> "the files never are the documents: "
                    + said());
            Jar.pauseBetweenLooks();
        }
    }

    private static String said() {
        try {
            return Files.readString(directory.resolve("mirror.err"));
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }

    /** The files with what they hold, but for those of the mirror; one that has just gone is left out. */
    private static Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        if (!Files.exists(out())) {
            return files;
        }
        List<Path> found = new ArrayList<>();
        found(out(), found);
        for (Path file : found) {
            try {
                files.put(out().relativize(file).toString(), Files.readString(file));
            } catch (NoSuchFileException gone) {
                files.remove(file.toString());
            }
        }
        return files;
    }

    private static void found(Path directory, List<Path> into) throws IOException {
        File[] here = directory.toFile().listFiles();
        for (File file : here == null ? new File[0] : here) {
            if (file.isDirectory() && !file.getName().equals(".kvs-mirror")) {
                found(file.toPath(), into);
            } else if (!file.isDirectory()) {
                into.add(file.toPath());
            }
        }
    }
}
