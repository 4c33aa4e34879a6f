package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import kvs.OwnThread;
import kvs.cli.CommandRun;
import kvs.command.ExitStatus;
import kvs.sim.Depth;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of a person with three nodes, of which one after the other is killed and comes back. */
class FailoverTest {

    /** Of each of two parts: all nodes die; at full depth a minute in which one node dies each second. */
    private static final int KILLS = Depth.of(2, 30);
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(Depth.of(0, 1_000));
    /** Between two keys: the commands leave the CPU to the node that starts, but at full depth. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(Depth.of(30, 0));
    /** A write that only a dead node has is seen when that has started again, which a busy machine delays. */
    private static final String RESTART = "60s";
    /** A node that takes more than four seconds on a busy machine is left as a dead one is. */
    private static final int SLOW = 2;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    @TempDir
    private static Path directory;
    private static Cluster three;
    private static String endpoints;

    @BeforeAll
    static void start() throws IOException {
        three = new Cluster(directory);
        endpoints = three.node(0).url + "," + three.node(1).url + "," + three.node(2).url;
    }

    @AfterAll
    static void stop() throws IOException {
        three.close();
    }

    private static CommandRun command() {
        return new CommandRun(directory).with("KVS_ENDPOINT", endpoints);
    }

    /**
     * No command fails, each sees the writes of the one before, and the watch has no gap. A death costs a
     * person one line at most, and the watch another one.
     */
    @Tag(Depth.DEEP)
    @RepeatedTest(2)
    void nodesDieAndNobodyNotices(RepetitionInfo part) throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        CommandRun.Running watch = command().start("watch", "f/", "-o", "raw");
        while (watch.out().isEmpty()) {
            assertFalse(watch.isDone(), watch.err());
            command().run("put", "f/begin", "0");
        }
        int first = KILLS * part.getCurrentRepetition();
        CompletableFuture<Void> killer = OwnThread.run(() -> kill(first, ended));
        List<String> keys = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        try {
            while (!ended.get()) {
                String key = "f/" + keys.size();
                note(notes, command().run("put", key, Integer.toString(keys.size()), "--timeout",
                        RESTART), "");
                note(notes, command().run("get", key, "--timeout", RESTART),
                        Integer.toString(keys.size()));
                keys.add(key);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } finally {
            // When a command failed, nobody may start a node behind the end of the test.
            ended.set(true);
            killer.join();
        }
        three.all();
        long begin = System.nanoTime();
        while (!seen(watch).containsAll(keys)) {
            assertFalse(watch.isDone(), watch.err());
            assertTrue(System.nanoTime() - begin < PATIENCE_NANOS, "missing: " + keys.stream()
                    .filter(key -> !seen(watch).contains(key)).toList());
            Jar.pauseBetweenLooks();
        }
        for (int i = 0; !watch.isDone(); i++) {
            command().run("put", "f/end", Integer.toString(i));
            OwnThread.run(watch::breakPipe);
        }
        List<String> noted = watch.err().lines().toList();
        for (List<String> lines : List.of(notes, noted)) {
            assertEquals(List.of(), lines.stream()
                    .filter(line -> !line.matches("kvs: goes on at node\\d \\(http://\\S+\\)")).toList());
            assertTrue(lines.size() <= KILLS + SLOW, lines.size() + " lines: " + lines);
        }
        System.out.println(keys.size() + " keys written and read while " + KILLS + " nodes were killed, "
                + notes.size() + " lines about it, and " + noted.size() + " of the watch");
    }

    /** A frozen node accepts connections, and responds to none. */
    @Test
    void frozenNodeIsLeftAndAWriteThatItMayHaveIsNotRepeated() throws Exception {
        three.all();
        CommandRun frozen = new CommandRun(directory).with("KVS_ENDPOINT", endpoints)
                .with("XDG_STATE_HOME", directory.resolve("frozen").toString());
        assertEquals(ExitStatus.DONE, frozen.run("put", "z/a", "1", "--copies", "3").status());
        ProcessFreeze.stop(three.node(0).process());
        try {
            CommandRun.Result unknown = frozen.run("put", "z/b", "1", "--if-absent", "--timeout", "1s");
            assertEquals(ExitStatus.UNREACHABLE, unknown.status());
            assertTrue(unknown.err().startsWith("kvs: it is not known whether this was done: "
                    + three.node(0).url), unknown.err());
            CommandRun.Result read = frozen.run("get", "z/a", "--stale");
            assertEquals("1", read.out(), read.err());
            assertTrue(read.err().startsWith("kvs: goes on at node"), read.err());
            assertEquals("", frozen.run("put", "z/a", "2").err(), "the next command begins at the other"
                    + " node");
        } finally {
            ProcessFreeze.resume(three.node(0).process());
        }
    }

    private static Set<String> seen(CommandRun.Running watch) {
        return watch.out().lines().collect(Collectors.toSet());
    }

    private static void note(List<String> notes, CommandRun.Result result, String out) {
        assertEquals(ExitStatus.DONE, result.status(), result.err());
        assertTrue(result.err().lines().count() <= 1, result.err());
        assertTrue(out.isEmpty() || result.out().equals(out), result.out() + " instead of " + out);
        notes.addAll(result.err().lines().toList());
    }

    private static void kill(int first, AtomicBoolean ended) {
        try {
            for (int i = first; i < first + KILLS && !ended.get(); i++) {
                long next = System.nanoTime() + PERIOD_NANOS;
                three.node(i % 3).kill();
                three.start(i % 3);
                three.until(i % 3, "/health/ready", "ok");
                LockSupport.parkNanos(next - System.nanoTime());
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        } finally {
            ended.set(true);
        }
    }
}
