package kvs.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.WriteReceipt;
import org.junit.jupiter.api.Test;

class BulkOperationsTest {

    private static final Optional<String> START = Optional.empty();
    private final LocalDocuments node = new LocalDocuments();

    @Test
    void deletesWhatLivesBelow() {
        for (String path : List.of("a", "a/b", "a/c/d", "a/e", "a0", "b")) {
            node.put(path, "1");
        }
        node.delete("a/e");
        assertEquals(new BulkOperations.BulkResult(2, START), delete("a/"));
        assertEquals(3, node.list("", true, 10, START).keys().size());
        assertEquals(new BulkOperations.BulkResult(0, START), delete("a/"));
        assertEquals(new BulkOperations.BulkResult(3, START), delete(""));
    }

    @Test
    void deletesAtMostABatchAndTellsWhereToGoOn() {
        List<Operation> ops = new ArrayList<>();
        for (int i = 0; i < DocumentLimits.OPS_MAX; i++) {
            ops.add(node.putOp(String.format("k/%05d", i), "1", ExpiryPolicy.NEVER, Preconditions.NONE));
        }
        node.done(node.documents.batch(ops, true, node.access));
        node.put("k/x", "1");
        BulkOperations.BulkResult first = delete("k/");
        assertEquals(new BulkOperations.BulkResult(DocumentLimits.OPS_MAX, Optional.of("k/09999")), first);
        assertEquals(new BulkOperations.BulkResult(1, START),
                node.done(node.bulk.delete(LocalDocuments.bytes("k/"), first.next(), node.access)));
    }

    @Test
    void doesNotCountWhatSomebodyElseDeletedMeanwhile() {
        node.put("k/a", "1");
        node.put("k/b", "1");
        CompletionStage<WriteReceipt> other = node.documents.delete(
                new Operation.Delete(Key.of("k/a"), false, Preconditions.NONE), node.access);
        CompletionStage<BulkOperations.BulkResult> all = node.bulk.delete(LocalDocuments.bytes("k/"),
                START, node.access);
        node.done(other);
        assertEquals(new BulkOperations.BulkResult(1, START), node.done(all));
        assertTrue(node.list("", true, 10, START).keys().isEmpty());
    }

    @Test
    void touchGivesTheSameDocumentsANewExpiry() {
        String large = '"' + "x".repeat(2_000) + '"';
        node.put("a", large, 1_000);
        node.put("b", "2");
        node.put("c", "3", 1_000);
        assertEquals(new BulkOperations.BulkResult(2, START), touch(5_000, "a", "b"));
        node.clock.advance(4_999);
        assertEquals(large, node.get("a").orElseThrow());
        assertEquals("2", node.get("b").orElseThrow());
        assertTrue(node.get("c").isEmpty());
        touch(0, "a");
        node.clock.advance(5_000);
        assertEquals(Version.FOREVER, node.read("a").expires());
        assertTrue(node.get("b").isEmpty());
    }

    @Test
    void touchOfSomethingAbsentTouchesNothing() {
        node.put("a", "1", 1_000);
        Refusal refusal = DocumentsTest.refused(Reason.NOT_FOUND, () -> touch(5_000, "a", "none"));
        assertEquals("none", refusal.fields().get("path"));
        node.clock.advance(1_000);
        assertTrue(node.get("a").isEmpty());
    }

    @Test
    void touchesASubtree() {
        node.put("s/a", "1", 1_000);
        node.put("s/b/c", "1", 1_000);
        node.put("t", "1", 1_000);
        assertEquals(new BulkOperations.BulkResult(2, START), node.done(node.bulk.touchBelow(
                LocalDocuments.bytes("s/"), START, new ExpiryPolicy.TimeToLive(9_000), node.access)));
        node.clock.advance(1_000);
        assertEquals(2, node.list("", true, 10, START).keys().size());
    }

    @Test
    void touchNeverBringsBackAnOldDocument() {
        node.put("a", "\"old\"");
        CompletionStage<WriteReceipt> other = node.documents.put(
                node.putOp("a", "\"new\"", ExpiryPolicy.NEVER, Preconditions.NONE), node.access);
        CompletionStage<BulkOperations.BulkResult> touch = node.bulk.touch(List.of(Key.of("a")),
                new ExpiryPolicy.TimeToLive(5_000), node.access);
        node.done(other);
        assertEquals(new BulkOperations.BulkResult(1, START), node.done(touch));
        assertEquals("\"new\"", node.get("a").orElseThrow());
        assertEquals(node.clock.wallMs() + 5_000, node.read("a").expires());
    }

    @Test
    void touchGivesUpWhenItsKeysChangeAllTheTime() {
        node.put("a", "0");
        overwrite();
        CompletionStage<BulkOperations.BulkResult> touch = node.bulk.touch(List.of(Key.of("a")),
                new ExpiryPolicy.TimeToLive(5_000), node.access);
        for (int i = 1; i < DocumentLimits.TRIES_MAX; i++) {
            node.store.step();
            overwrite();
            node.aside.remove(0).run();
        }
        DocumentsTest.refused(Reason.BUSY, () -> node.done(touch));
        assertEquals(Version.FOREVER, node.read("a").expires());
    }

    /** Queues a write of the key, which whatever is read before it is done does not see. */
    private void overwrite() {
        node.documents.put(node.putOp("a", "1", ExpiryPolicy.NEVER, Preconditions.NONE), node.access);
    }

    private BulkOperations.BulkResult delete(String prefix) {
        return node.done(node.bulk.delete(LocalDocuments.bytes(prefix), START, node.access));
    }

    private BulkOperations.BulkResult touch(long ttlMs, String... paths) {
        return node.done(node.bulk.touch(List.of(paths).stream().map(Key::of).toList(),
                new ExpiryPolicy.TimeToLive(ttlMs), node.access));
    }
}
