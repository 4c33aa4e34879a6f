package kvs.proof;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import kvs.audit.AuditLog;
import kvs.documents.HistoryReader;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.Store;
import kvs.store.StoreView;
import kvs.world.Clock;
import kvs.world.FailureText;

/**
 * Makes proofs at a running node, one at a time, because each reads the whole audit log. Whoever gets one
 * reads the document, the line about its write and the heads of logs, so it is for administrators.
 * Thread-safe; it waits for the disk.
 */
public final class ProofMaker {

    private final Store store;
    private final NodeFacts node;
    private final Optional<LogSource> log;
    private final AtomicBoolean busy = new AtomicBoolean();

    /**
     * The node that signs.
     *
     * @param id its id
     * @param clock its clock
     * @param key its key
     * @param remembered the lines that it remembers of the logs of other members, {@code n:hash}, by life
     */
    public record NodeFacts(String id, Clock clock, KeySource key,
            Supplier<Map<UUID, String>> remembered) { }

    /** The place of the key with which a node signs. */
    @FunctionalInterface
    public interface KeySource {

        /** The key; the first call makes it. */
        ProofKey key() throws IOException;
    }

    /**
     * The audit log of the node.
     *
     * @param running the log
     * @param evidence opens its files
     */
    public record LogSource(AuditLog running, EvidenceOpener evidence) { }

    /** Opens the files of a log to read them. */
    @FunctionalInterface
    public interface EvidenceOpener {

        /** The files. */
        AuditEvidence open() throws IOException;
    }

    /** A maker for the node of a store; {@code log} is empty while none is kept. */
    public ProofMaker(Store store, NodeFacts node, Optional<LogSource> log) {
        this.store = store;
        this.node = node;
        this.log = log;
    }

    /**
     * The file that proves the present version of a key, also one that deletes it.
     *
     * @throws Refusal when there is none, or it is unreadable, or another proof is being made
     */
    public byte[] make(Key key) {
        if (!busy.compareAndSet(false, true)) {
            throw new Refusal(Reason.IN_PROGRESS, "another proof is being made: try again when it is done");
        }
        try {
            Version version = HistoryReader.steady(() -> version(key));
            KnownHeads known = KnownHeads.of(store.notes(), node.id).and(node.remembered.get());
            AuditState audit = log.isEmpty() ? known.without(AuditEvidence.NONE)
                    : log.get().evidence.open().of(version, known, log.get().running);
            return new Proof(node.clock.wallMs(), node.id, store.origin(), version, audit)
                    .encode(node.key.key());
        } catch (IOException e) {
            throw new Refusal(Reason.DAMAGED, "nothing was proven: " + FailureText.text(e));
        } finally {
            busy.set(false);
        }
    }

    private Version version(Key key) {
        StoreView root = store.root();
        return root.read(root.find(key).orElseThrow(() -> new Refusal(Reason.NOT_FOUND,
                "there is no document " + key.text() + ", and none is known to be deleted")));
    }
}
