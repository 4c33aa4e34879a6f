package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.server.FastLoop;
import kvs.store.CommitRule.StoreState;
import kvs.store.Transaction;
import kvs.store.UnstampedVersion;
import kvs.store.Write;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commit of the writes that a loop has collected: by the loop, or by the writer. */
class LoopWritesTest {

    private static final InMemoryApi.Access OPEN = new InMemoryApi.Access(true, true, Optional.empty(), true,
            false);
    private static final String PUT = "PUT /kv/open/w HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
            + "Authorization: Bearer TOKEN\r\n\r\n1";
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    /** Alone, quiet, short fsync, room: each is necessary. */
    @ParameterizedTest
    @CsvSource({
        "true,  100, 0,    true,  true",
        "true,  100, 999,  true,  true",
        "true,  100, 1000, true,  false",
        "true,   99, 0,    true,  false",
        "true,  100, 0,    false, false",
        "false, 100, 0,    true,  false",
        "false,  99, 1000, false, false"})
    void commitsOnTheLoopOnlyWhereNobodyWaits(boolean only, long quietMs, long fsyncMicros, boolean hasRoom,
            boolean here) {
        assertEquals(here, LoopWrites.commitsHere(only, quietMs * 1_000_000,
                new StoreState(fsyncMicros * 1_000, hasRoom)));
    }

    /** A loop that keeps its tasks until the test runs them. */
    private static final class HeldLoop implements FastLoop {

        private final List<Runnable> tasks = new ArrayList<>();
        private long quietNanos = LoopWrites.QUIET_NANOS;

        @Override
        public boolean isOnly() {
            return true;
        }

        @Override
        public long nanosSinceRequest() {
            return quietNanos;
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        private void run() {
            List<Runnable> now = List.copyOf(tasks);
            tasks.clear();
            now.forEach(Runnable::run);
        }
    }

    /** A write of one key that notes when it was done. */
    private static Write write(String key, List<String> done) {
        return new Write() {
            @Override
            public void decide(Transaction transaction) {
                transaction.put(new UnstampedVersion(Key.of(key), Optional.empty(), Long.MAX_VALUE,
                        kvs.model.Version.NOBODY));
            }

            @Override
            public void written() {
                done.add(key);
            }

            @Override
            public void refused(Refusal refusal) {
                throw new AssertionError(refusal.detail());
            }

            @Override
            public int bytes() {
                return 1;
            }
        };
    }

    @Test
    void makesOneGroupOfATurnAndPassesMoreToTheWriter() throws IOException {
        try (FastPathNode side = new FastPathNode(OPEN, false)) {
            List<String> done = Collections.synchronizedList(new ArrayList<>());
            HeldLoop loop = new HeldLoop();
            LoopWrites writes = new LoopWrites(loop, side.node.api.node.documents);
            writes.add(write("first", done));
            side.node.api.node.work();
            assertEquals(List.of(), done);
            loop.run();
            side.node.api.node.work();
            assertEquals(List.of("first"), done);
            long groups = side.node.api.node.store.counts().writes().groups();
            writes.add(write("a", done));
            writes.add(write("b", done));
            assertEquals(1, loop.tasks.size());
            loop.run();
            assertEquals(List.of("first", "a", "b"), done);
            assertEquals(groups + 1, side.node.api.node.store.counts().writes().groups());
            loop.quietNanos = 0;
            writes.add(write("beside/reads", done));
            loop.run();
            assertEquals(3, done.size());
            side.node.api.node.work();
            assertEquals(4, done.size());
            loop.quietNanos = LoopWrites.QUIET_NANOS;
            for (int i = 0; i < LoopWrites.WRITES_MAX; i++) {
                writes.add(write("many/" + i, done));
            }
            assertEquals(4, done.size());
            assertEquals(LoopWrites.WRITES_MAX, side.node.api.node.store.counts().writes().queued());
            side.node.api.node.work();
            loop.run();
            assertEquals(4 + LoopWrites.WRITES_MAX, done.size());
        }
    }

    /** By requests over a socket: after a while without others, the loop commits. */
    @Test
    void commitsWritesAloneOnTheLoopThatReceivesThem() throws IOException {
        try (FastPathNode side = new FastPathNode(OPEN, true)) {
            List<String> threads = Collections.synchronizedList(new ArrayList<>());
            side.node.api.node.store.onPublish(entered -> threads.add(Thread.currentThread().getName()));
            String put = PUT.replace("TOKEN", side.node.tokens.get("operator"));
            await(() -> sent(side, put) && threads.get(threads.size() - 1).startsWith("kvs-loop"));
        }
    }

    private static boolean sent(FastPathNode side, String request) {
        try {
            String response = side.send(0, request);
            assertTrue(response.startsWith("HTTP/1.1 20"), response);
            return true;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(BooleanSupplier condition) {
        long began = System.nanoTime();
        boolean met = condition.getAsBoolean();
        while (!met && System.nanoTime() - began < PATIENCE_NANOS) {
            met = condition.getAsBoolean();
        }
        assertTrue(met);
    }
}
