package kvs.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import kvs.model.Refusal;
import kvs.recovery.StoreNotes;
import kvs.store.Store;
import kvs.store.Transaction;
import kvs.store.Write;
import kvs.world.Logger;
import kvs.world.Scheduler;
import kvs.world.Task;

/**
 * Keeps an anchor of the audit log in the store: its last durable line, so that the log cannot be cut,
 * replaced or removed unnoticed. The anchor is a note of the store, written at most once a minute and before
 * a stop, and never ahead of the durable lines: a power cut between the two leaves an anchor that is older
 * than the log, which proves no fault.
 *
 * <pre>
 *   note tamper   u64 number of the line, its hash (32), node id in UTF-8
 * </pre>
 * A directory that is opened under another node id is a copy: its anchor is not compared. Once a member
 * remembers more lines than the log has, the store keeps that member's anchor, until the next start has
 * recorded the fault in the log.
 *
 * <p>Thread-safe.
 */
public final class AuditAnchorKeeper implements Task, AutoCloseable {

    /** The name of the note. */
    static final String NOTE = "tamper";
    private static final long PERIOD_MS = 60_000;
    private static final long STOP_MS = 5_000;
    private static final int FIXED_BYTES = Long.BYTES + AuditSealer.HASH_BYTES;

    private final Store store;
    private final AuditLog auditLog;
    private final String node;
    private final Logger log;
    private final AtomicBoolean saving = new AtomicBoolean();
    /** Completes when the last anchor is durable, or was refused. */
    private volatile CompletableFuture<Void> settled = CompletableFuture.completedFuture(null);
    private volatile AuditVerification.Anchor saved;
    private volatile Optional<AuditVerification.Anchor> complainant = Optional.empty();

    /** A keeper for {@code node}, whose log {@code auditLog} lies beside {@code store}. */
    public AuditAnchorKeeper(Store store, AuditLog auditLog, String node, Logger log) {
        this.store = store;
        this.auditLog = auditLog;
        this.node = node;
        this.log = log;
        this.saved = new AuditVerification.Anchor(0, "");
    }

    /**
     * The anchor in these notes for the log of {@code node}; empty when it is of another node, or when there
     * is none.
     */
    public static Optional<AuditVerification.Anchor> of(StoreNotes notes, String node) {
        return notes.find(NOTE).filter(body -> body.length >= FIXED_BYTES && node.equals(node(body)))
                .map(AuditAnchorKeeper::anchor);
    }

    /** The anchor in these notes, of any node. */
    public static Optional<AuditVerification.Anchor> of(StoreNotes notes) {
        return notes.find(NOTE).filter(body -> body.length >= FIXED_BYTES).map(AuditAnchorKeeper::anchor);
    }

    /** The bytes of an anchor: number and hash. */
    public static byte[] encode(AuditVerification.Anchor anchor) {
        return ByteBuffer.allocate(FIXED_BYTES).putLong(anchor.seq())
                .put(HexFormat.of().parseHex(anchor.hash())).array();
    }

    /** The anchor in the first bytes; empty when there is none. */
    public static Optional<AuditVerification.Anchor> decode(byte[] body) {
        return body.length < FIXED_BYTES || anchor(body).seq() < 1 || anchor(body)
                .seq() > AuditVerification.Anchor.SEQ_MAX ? Optional.empty() : Optional.of(anchor(body));
    }

    private static AuditVerification.Anchor anchor(byte[] body) {
        ByteBuffer bytes = ByteBuffer.wrap(body);
        byte[] hash = new byte[AuditSealer.HASH_BYTES];
        long seq = bytes.getLong();
        bytes.get(hash);
        return new AuditVerification.Anchor(seq, HexFormat.of().formatHex(hash));
    }

    private static String node(byte[] body) {
        return new String(body, FIXED_BYTES, body.length - FIXED_BYTES, StandardCharsets.UTF_8);
    }

    /** The audit log. */
    public AuditLog log() {
        return auditLog;
    }

    /** Starts to write lines and to keep anchors. */
    public void start(Scheduler scheduler) {
        auditLog.start(scheduler);
        scheduler.start("tamper-memory", this, 0);
    }

    /** The last durable line of the log, for others to remember. */
    public AuditVerification.Anchor head() {
        return auditLog.head();
    }

    /** Saves the anchor once a minute. */
    @Override
    public long step() {
        remember();
        return PERIOD_MS;
    }

    /** Saves the last durable line as the anchor, unless it is saved already. */
    public void remember() {
        AuditVerification.Anchor now = complainant.orElseGet(auditLog::head);
        if (now.seq() > 0 && !now.isSame(saved) && saving.compareAndSet(false, true)) {
            settled = new CompletableFuture<>();
            store.submit(new NoteWrite(now, settled));
        }
    }

    /**
     * Writes the queued lines and saves their anchor; to be called before the log writes its {@code stop}
     * line.
     */
    @Override
    public void close() {
        auditLog.step();
        settled.orTimeout(STOP_MS, TimeUnit.MILLISECONDS).exceptionally(late -> null).join();
        remember();
        settled.orTimeout(STOP_MS, TimeUnit.MILLISECONDS).exceptionally(late -> null).join();
    }

    /**
     * Compares the log with the anchor that a member remembers, and reports a log with fewer or other lines.
     *
     * @throws IOException when the log cannot be read
     */
    public void compareWith(String member, AuditVerification.Anchor remembered) throws IOException {
        AuditLog.Agreement agreement = auditLog.agreement(remembered);
        if (agreement == AuditLog.Agreement.AGREES
                || complainant.filter(known -> known.seq() >= remembered.seq()).isPresent()) {
            return;
        }
        boolean first = complainant.isEmpty();
        complainant = Optional.of(remembered);
        if (first) {
            auditLog.reportFinding(agreement == AuditLog.Agreement.ENDS_BEFORE
                    ? "it ends before line " + remembered.seq() + ", which member " + member
                            + " remembers: it was removed, cut, replaced or restored to an older state"
                    : "line " + remembered.seq() + " differs from the line that member " + member
                            + " remembers: the log was replaced or rewritten");
        }
        remember();
    }

    /** The write of one anchor. */
    private final class NoteWrite implements Write {

        private final AuditVerification.Anchor anchor;
        private final CompletableFuture<Void> done;

        NoteWrite(AuditVerification.Anchor anchor, CompletableFuture<Void> done) {
            this.anchor = anchor;
            this.done = done;
        }

        @Override
        public void decide(Transaction transaction) {
            byte[] id = node.getBytes(StandardCharsets.UTF_8);
            transaction.note(NOTE,
                    ByteBuffer.allocate(FIXED_BYTES + id.length).put(encode(anchor)).put(id).array());
        }

        @Override
        public void written() {
            saved = anchor;
            saving.set(false);
            done.complete(null);
        }

        @Override
        public void refused(Refusal refusal) {
            saving.set(false);
            done.complete(null);
            log.debug("the head of the tamper log could not be stored", "why", refusal.detail());
        }

        @Override
        public int bytes() {
            return StoreNotes.NUMBER_BYTES;
        }
    }
}
