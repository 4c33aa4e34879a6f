package kvs.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import kvs.model.Key;
import kvs.model.NodeMode;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.sim.SimDisk;
import kvs.store.WriteReceipt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class DocumentsTest {

    private final LocalDocuments node = new LocalDocuments();

    @Test
    void givesBackWhatWasStored() {
        WriteReceipt receipt = node.put("a/b", "{\"x\": 1.0}");
        assertTrue(receipt.created());
        Version version = node.read("a/b");
        assertEquals(receipt.uuid(), version.uuid());
        assertEquals(receipt.timestamp(), version.timestamp());
        assertEquals(LocalDocuments.ANN, version.author());
        assertEquals("{\"x\": 1.0}", node.get("a/b").orElseThrow());
        assertFalse(node.put("a/b", "2").created());
        assertEquals("2", node.get("a/b").orElseThrow());
    }

    @Test
    void isNotAnsweredBeforeItIsDurable() {
        CompletionStage<WriteReceipt> stage = node.documents.put(
                node.putOp("a", "1", ExpiryPolicy.NEVER, Preconditions.NONE), node.access);
        assertFalse(stage.toCompletableFuture().isDone());
        assertTrue(node.get("a").isEmpty());
        node.done(stage);
        node.restart();
        assertEquals("1", node.get("a").orElseThrow());
    }

    @Test
    void expiredIsNotHere() {
        WriteReceipt receipt = node.put("a", "1", 1_000);
        assertEquals(node.clock.wallMs() + 1_000, receipt.expires());
        node.clock.advance(999);
        assertTrue(node.get("a").isPresent());
        node.clock.advance(1);
        assertTrue(node.get("a").isEmpty());
        refused(Reason.NOT_FOUND, () -> node.delete("a"));
        assertTrue(node.put("a", "2").created());
    }

    @Test
    void keepKeepsTheExpiryOfWhatLives() {
        ExpiryPolicy keep = new ExpiryPolicy.KeepExisting(new ExpiryPolicy.TimeToLive(50));
        assertEquals(node.clock.wallMs() + 50, node.put("a", "1", keep, Preconditions.NONE).expires());
        long expires = node.put("a", "1", 1_000).expires();
        node.clock.advance(10);
        assertEquals(expires, node.put("a", "2", keep, Preconditions.NONE).expires());
        node.clock.advance(1_000);
        assertEquals(node.clock.wallMs() + 50, node.put("a", "3", keep, Preconditions.NONE).expires());
    }

    @Test
    void conditionIsJudgedAtTheMomentOfTheWrite() {
        WriteReceipt first = node.put("a", "1");
        CompletionStage<WriteReceipt> one = node.documents.put(
                node.putOp("a", "2", ExpiryPolicy.NEVER, match(first)), node.access);
        CompletionStage<WriteReceipt> two = node.documents.put(
                node.putOp("a", "3", ExpiryPolicy.NEVER, match(first)), node.access);
        WriteReceipt second = node.done(one);
        Refusal refusal = refused(Reason.CONDITION_FAILED, () -> node.done(two));
        assertEquals(EntityTag.of(second.uuid()).text(), refusal.fields().get("etag"));
        assertEquals("2", node.get("a").orElseThrow());
    }

    @Test
    void createsOnlyOnce() {
        Preconditions absent = new Preconditions(Optional.empty(),
                Optional.of(Preconditions.Match.header("*")));
        node.put("a", "1", new ExpiryPolicy.TimeToLive(10), absent);
        refused(Reason.CONDITION_FAILED, () -> node.put("a", "2", ExpiryPolicy.NEVER, absent));
        node.clock.advance(10);
        node.put("a", "3", ExpiryPolicy.NEVER, absent);
        node.delete("a");
        node.put("a", "4", ExpiryPolicy.NEVER, absent);
        assertEquals("4", node.get("a").orElseThrow());
    }

    @Test
    void deleteOfNothingIsRefusedUnlessForced() {
        refused(Reason.NOT_FOUND, () -> node.delete("a"));
        assertEquals(0, node.store.root().tree().summary().count());
        node.done(node.documents.delete(new Operation.Delete(Key.of("a"), true, Preconditions.NONE),
                node.access));
        assertEquals(1, node.store.root().tree().summary().count());
        refused(Reason.CONDITION_FAILED, () -> node.done(node.documents.delete(
                new Operation.Delete(Key.of("a"), true, match(node.put("b", "1"))), node.access)));
        refused(Reason.NOT_FOUND, () -> node.done(node.documents.delete(
                new Operation.Delete(Key.of("a"), false, match(node.put("b", "1"))), node.access)));
    }

    @Test
    void refusesWriteWhenReadOnly() {
        node.put("a", "1");
        node.modes.change(NodeMode.READ_ONLY);
        refused(Reason.READ_ONLY, () -> node.put("a", "2"));
        refused(Reason.READ_ONLY, () -> node.delete("a"));
        refused(Reason.READ_ONLY,
                () -> node.done(node.bulk.delete(new byte[0], Optional.empty(), node.access)));
        refused(Reason.READ_ONLY,
                () -> node.done(node.bulk.touch(List.of(), ExpiryPolicy.NEVER, node.access)));
        assertEquals("1", node.get("a").orElseThrow());
        node.modes.change(NodeMode.SYNCING);
        refused(Reason.SYNCING, () -> node.put("a", "2"));
    }

    @Test
    void refusesADocumentOverTheLimit() {
        node.documents.document(new byte[LocalDocuments.DOCUMENT_MAX]);
        Refusal refusal = refused(Reason.TOO_LARGE,
                () -> node.documents.document(new byte[LocalDocuments.DOCUMENT_MAX + 1]));
        assertTrue(refusal.detail().contains("max_json_size"), refusal.detail());
    }

    @Test
    void reservedKeysAreNeverHere() {
        assertTrue(node.documents.find(Key.of("_x/y"), node.access).isEmpty());
    }

    @Test
    void fullDiskRefusesAndKeepsWhatWasThere() {
        node.put("a", "1");
        node.disk.failAt(1, SimDisk.Fault.ENOSPC, true);
        refused(Reason.DISK_FULL, () -> node.put("a", "2"));
        node.disk.mend();
        assertEquals("1", node.get("a").orElseThrow());
        node.put("a", "3");
        assertEquals("3", node.get("a").orElseThrow());
    }

    @Test
    void unreadableValueIsRefusedAndNeverAnOlderOne() throws IOException {
        node.put("a", "\"first-document\"");
        node.put("a", "\"other-document\"");
        for (String name : node.disk.list()) {
            rot(name);
        }
        refused(Reason.DAMAGED, () -> node.get("a"));
    }

    @Test
    void eachIsJudgedAloneAndSeesThoseBefore() {
        WriteReceipt known = node.put("a", "1");
        List<Operation> ops = List.of(put("b", "2"), new Operation.Get(Key.of("b")),
                new Operation.Get(Key.of("none")), new Operation.Check(Key.of("a"), match(known)),
                new Operation.Delete(Key.of("a"), false, Preconditions.NONE),
                new Operation.Check(Key.of("a"), match(known)), put("b", "3"));
        List<OperationOutcome> outcomes = node.done(node.documents.batch(ops, false, node.access));
        assertEquals(List.of("Stored", "Found", "NOT_FOUND", "ConditionsHeld", "Deleted", "CONDITION_FAILED",
                "Stored"), kinds(outcomes));
        assertEquals("2", node.text(((OperationOutcome.Found) outcomes.get(1)).entry()));
        assertEquals("3", node.get("b").orElseThrow());
        assertFalse(((OperationOutcome.Stored) outcomes.get(6)).receipt().created());
    }

    @Test
    void atomicBatchIsDoneWhollyOrNotAtAll() {
        WriteReceipt known = node.put("a", "1");
        List<Operation> ops = new ArrayList<>(List.of(put("b", "2"),
                new Operation.Check(Key.of("a"), match(known)),
                new Operation.Delete(Key.of("none"), false, Preconditions.NONE)));
        List<OperationOutcome> failed = node.done(node.documents.batch(ops, true, node.access));
        assertEquals(List.of("RolledBack", "RolledBack", "NOT_FOUND"), kinds(failed));
        assertTrue(node.get("b").isEmpty());
        ops.remove(2);
        assertEquals(List.of("Stored", "ConditionsHeld"),
                kinds(node.done(node.documents.batch(ops, true, node.access))));
        assertEquals("2", node.get("b").orElseThrow());
    }

    @Test
    void atomicBatchHasOneOperationAPath() {
        List<Operation> ops = List.of(put("a", "1"), put("b", "1"), put("a", "2"));
        Refusal refusal = refused(Reason.BAD_REQUEST, () -> node.documents.batch(ops, true, node.access));
        assertEquals("a", refusal.fields().get("path"));
        assertTrue(node.get("b").isEmpty());
    }

    @Test
    void batchThatOnlyLooksDoesNotWaitForTheWriter() {
        node.put("a", "1");
        List<Operation> ops = List.of(new Operation.Get(Key.of("a")), new Operation.Get(Key.of("none")));
        assertEquals(List.of("Found", "NOT_FOUND"),
                kinds(node.documents.batch(ops, false, node.access).toCompletableFuture().join()));
        assertEquals(List.of("RolledBack", "NOT_FOUND"),
                kinds(node.documents.batch(ops, true, node.access).toCompletableFuture().join()));
    }

    @Test
    void batchIsBounded() {
        List<Operation> ops = new ArrayList<>();
        for (int i = 0; i <= DocumentLimits.OPS_MAX; i++) {
            ops.add(new Operation.Get(Key.of("k" + i)));
        }
        refused(Reason.BAD_REQUEST, () -> node.documents.batch(ops, false, node.access));
        String large = '"' + "x".repeat(LocalDocuments.DOCUMENT_MAX - 2) + '"';
        node.put("a", large);
        List<Operation> gets = new ArrayList<>();
        for (int i = 0; i <= DocumentLimits.BATCH_BYTES_MAX / LocalDocuments.DOCUMENT_MAX; i++) {
            gets.add(new Operation.Get(Key.of("a")));
        }
        List<String> kinds = kinds(node.done(node.documents.batch(gets, false, node.access)));
        assertEquals("TOO_LARGE", kinds.get(kinds.size() - 1));
        assertEquals("Found", kinds.get(kinds.size() - 2));
    }

    @Test
    void versionsDifferEvenOfEqualDocuments() {
        assertNotEquals(node.put("a", "1").uuid(), node.put("a", "1").uuid());
    }

    private void rot(String name) {
        byte[] bytes = node.disk.bytes(name);
        byte[] wanted = LocalDocuments.bytes("other-document");
        for (int i = 0; i + wanted.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                node.disk.flip(name, i, 1);
            }
        }
    }

    private Operation put(String path, String json) {
        return node.putOp(path, json, ExpiryPolicy.NEVER, Preconditions.NONE);
    }

    static Preconditions match(WriteReceipt receipt) {
        return new Preconditions(Optional.of(Preconditions.Match.member(receipt.uuid().toString())),
                Optional.empty());
    }

    static List<String> kinds(List<OperationOutcome> outcomes) {
        return outcomes.stream().map(outcome -> outcome instanceof OperationOutcome.Refused refused
                ? refused.refusal().reason().name() : outcome.getClass().getSimpleName()).toList();
    }

    static Refusal refused(Reason reason, Executable work) {
        Refusal refusal = assertThrows(Refusal.class, work);
        assertEquals(reason, refusal.reason(), refusal.detail());
        return refusal;
    }
}
