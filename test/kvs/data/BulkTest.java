package kvs.data;

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
import kvs.store.Receipt;
import org.junit.jupiter.api.Test;

class BulkTest {

    private static final Optional<String> START = Optional.empty();
    private final Local node = new Local();

    @Test
    void deletesWhatLivesBelow() {
        for (String path : List.of("a", "a/b", "a/c/d", "a/e", "a0", "b")) {
            node.put(path, "1");
        }
        node.delete("a/e");
        assertEquals(new Bulk.Done(2, START), delete("a/"));
        assertEquals(3, node.list("", true, 10, START).keys().size());
        assertEquals(new Bulk.Done(0, START), delete("a/"));
        assertEquals(new Bulk.Done(3, START), delete(""));
    }

    @Test
    void deletesAtMostABatchAndTellsWhereToGoOn() {
        List<Op> ops = new ArrayList<>();
        for (int i = 0; i < Limits.OPS_MAX; i++) {
            ops.add(node.putOp(String.format("k/%05d", i), "1", Expiry.NEVER, Conditions.NONE));
        }
        node.done(node.documents.batch(ops, true, node.access));
        node.put("k/x", "1");
        Bulk.Done first = delete("k/");
        assertEquals(new Bulk.Done(Limits.OPS_MAX, Optional.of("k/09999")), first);
        assertEquals(new Bulk.Done(1, START), node.done(node.bulk.delete(Local.bytes("k/"), first.next(), node.access)));
    }

    @Test
    void doesNotCountWhatSomebodyElseDeletedMeanwhile() {
        node.put("k/a", "1");
        node.put("k/b", "1");
        CompletionStage<Receipt> other = node.documents.delete(new Op.Delete(Key.of("k/a"), false, Conditions.NONE), node.access);
        CompletionStage<Bulk.Done> all = node.bulk.delete(Local.bytes("k/"), START, node.access);
        node.done(other);
        assertEquals(new Bulk.Done(1, START), node.done(all));
        assertTrue(node.list("", true, 10, START).keys().isEmpty());
    }

    @Test
    void touchGivesTheSameDocumentsANewExpiry() {
        String large = '"' + "x".repeat(2_000) + '"';
        node.put("a", large, 1_000);
        node.put("b", "2");
        node.put("c", "3", 1_000);
        assertEquals(new Bulk.Done(2, START), touch(5_000, "a", "b"));
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
        Refusal why = DocumentsTest.refused(Reason.NOT_FOUND, () -> touch(5_000, "a", "none"));
        assertEquals("none", why.members().get("path"));
        node.clock.advance(1_000);
        assertTrue(node.get("a").isEmpty());
    }

    @Test
    void touchesASubtree() {
        node.put("s/a", "1", 1_000);
        node.put("s/b/c", "1", 1_000);
        node.put("t", "1", 1_000);
        assertEquals(new Bulk.Done(2, START),
                node.done(node.bulk.touchBelow(Local.bytes("s/"), START, new Expiry.After(9_000), node.access)));
        node.clock.advance(1_000);
        assertEquals(2, node.list("", true, 10, START).keys().size());
    }

    @Test
    void touchNeverBringsBackAnOldDocument() {
        node.put("a", "\"old\"");
        CompletionStage<Receipt> other = node.documents.put(node.putOp("a", "\"new\"", Expiry.NEVER, Conditions.NONE), node.access);
        CompletionStage<Bulk.Done> touch = node.bulk.touch(List.of(Key.of("a")), new Expiry.After(5_000), node.access);
        node.done(other);
        assertEquals(new Bulk.Done(1, START), node.done(touch));
        assertEquals("\"new\"", node.get("a").orElseThrow());
        assertEquals(node.clock.wallMs() + 5_000, node.read("a").expires());
    }

    @Test
    void touchGivesUpWhenItsKeysChangeAllTheTime() {
        node.put("a", "0");
        overwrite();
        CompletionStage<Bulk.Done> touch = node.bulk.touch(List.of(Key.of("a")), new Expiry.After(5_000), node.access);
        for (int i = 1; i < Limits.TRIES_MAX; i++) {
            node.store.step();
            overwrite();
            node.aside.remove(0).run();
        }
        DocumentsTest.refused(Reason.BUSY, () -> node.done(touch));
        assertEquals(Version.FOREVER, node.read("a").expires());
    }

    /** Queues a write of the key, which whatever is read before it is done does not see. */
    private void overwrite() {
        node.documents.put(node.putOp("a", "1", Expiry.NEVER, Conditions.NONE), node.access);
    }

    private Bulk.Done delete(String prefix) {
        return node.done(node.bulk.delete(Local.bytes(prefix), START, node.access));
    }

    private Bulk.Done touch(long ttlMs, String... paths) {
        return node.done(node.bulk.touch(List.of(paths).stream().map(Key::of).toList(), new Expiry.After(ttlMs), node.access));
    }
}
