package kvs.bundle;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongConsumer;
import kvs.model.BundleRules;
import kvs.model.Refusal;
import kvs.store.Store;
import kvs.store.Transaction;
import kvs.store.TransactionWrite;
import kvs.world.Clock;
import kvs.world.DiskFile;
import kvs.world.FailureText;

/**
 * Takes files of partners into a store, of a running node or of a stopped one: the one place of the results
 * and of their sentences. A file is checked completely before anything changes. The statement in a file that
 * is authentic is recorded, whatever becomes of its data. One thread.
 */
public final class BundleReceiver {

    private static final String CHANGED = "nothing was merged: this site has changed since the file was"
            + " checked; merge the same file again to see why";

    private final Store store;
    private final Clock clock;
    private final SiteWrites writes;

    /** The writes of a node, and whether it can merge at all. */
    public interface SiteWrites {

        /** The reason why this node cannot merge, for people; empty when it can. */
        Optional<String> obstacle();

        /** Whether other nodes belong to this site, which may have what this one lacks. */
        default boolean isMember() {
            return false;
        }

        /** Begins the writes for one file; {@code words} name the act in the audit log. */
        void begin(String words) throws IOException;

        /**
         * Does a write, and returns its result; it is durable afterwards.
         *
         * @throws Refusal when it was not done
         */
        <T> T run(TransactionWrite<T> write) throws IOException;
    }

    /** A receiver into a store. */
    public BundleReceiver(Store store, Clock clock, SiteWrites writes) {
        this.store = store;
        this.clock = clock;
        this.writes = writes;
    }

    /**
     * Checks a file, and changes nothing.
     *
     * @param progress receives the number of bytes read, twice up to the size of the file
     * @throws IOException when the file or the store cannot be read
     */
    public FileResult verify(DiskFile file, LongConsumer progress) throws IOException {
        try {
            BundleVerification.Result verified = verified(file, progress);
            return refused(verified).orElseGet(() -> FileResult.of(FileVerdict.SOUND, "sound", verified));
        } catch (RejectedBundleException e) {
            return FileResult.of(e);
        }
    }

    private BundleVerification.Result verified(DiskFile file, LongConsumer progress)
            throws IOException, RejectedBundleException {
        return new BundleVerification(store, clock.wallMs()).run(file, progress);
    }

    /**
     * Checks a file, and takes it: merges a bundle, or records the statement in a receipt.
     *
     * @param progress receives the number of bytes read, twice up to the size of the file for the check and
     *     once for the merge
     * @throws IOException when the file or the store cannot be read; nothing was changed then
     */
    public FileResult merge(DiskFile file, LongConsumer progress) throws IOException {
        BundleVerification.Result verified;
        try {
            verified = verified(file, progress);
        } catch (RejectedBundleException e) {
            return FileResult.of(e);
        }
        String partner = verified.partner().name();
        boolean resumes = UnfinishedMerge.noted(store.notes(), verified.partner()).isPresent();
        boolean receipt = verified.file().head().kind() == BundleHead.Kind.RECEIPT;
        try {
            if (receipt || verified.refused().isPresent()) {
                writes.begin("PUT /admin/partners/" + partner);
                if (!writes.run(BundleMerge.statement(verified))) {
                    return FileResult.of(FileVerdict.INTERRUPTED, CHANGED, verified);
                }
                return refused(verified).orElseGet(() -> FileResult.of(FileVerdict.RECEIPT_TAKEN,
                        "receipt of " + partner + " is taken: the next bundle for it begins there",
                        verified));
            }
            Optional<String> obstacle = writes.obstacle();
            if (obstacle.isPresent()) {
                return FileResult.of(FileVerdict.UNABLE, "nothing was merged: " + obstacle.get(), verified);
            }
            writes.begin("POST /admin/merges " + partner);
            note(tx -> UnfinishedMerge.begin(tx, verified.partner(), verified.file().head()));
        } catch (Refusal e) {
            return FileResult.of(FileVerdict.INTERRUPTED, "nothing was changed: " + e.detail(), verified);
        }
        return merged(verified, resumes, progress);
    }

    private FileResult merged(BundleVerification.Result verified, boolean resumes, LongConsumer progress) {
        BundleMerge merge = new BundleMerge(store, this::write, verified, clock.wallMs());
        try {
            BundleMerge.Summary done = merge.run(progress);
            if (done.complete() || done.changed() && !resumes) {
                note(tx -> UnfinishedMerge.end(tx, verified.partner(), verified.file().head()));
            }
            return summary(verified, done);
        } catch (RejectedBundleException e) {
            return FileResult.of(FileVerdict.DAMAGED, "the file changed while it was merged: what was merged"
                    + " stays; merge a sound copy of it again", verified);
        } catch (Refusal e) {
            return interrupted(verified, e.detail());
        } catch (IOException e) {
            return interrupted(verified, FailureText.text(e));
        }
    }

    private void note(Function<Transaction, Boolean> decision) throws IOException {
        writes.run(new TransactionWrite<>(SiteRecords.BYTES, decision));
    }

    private <T> T write(TransactionWrite<T> write) throws IOException {
        return writes.run(write);
    }

    private static FileResult interrupted(BundleVerification.Result verified, String why) {
        return FileResult.of(FileVerdict.INTERRUPTED, "the merge was interrupted: " + why
                + "; what was merged stays, and the same file ends it", verified);
    }

    private static FileResult summary(BundleVerification.Result verified, BundleMerge.Summary done) {
        if (done.changed()) {
            return FileResult.of(FileVerdict.INTERRUPTED, CHANGED, verified);
        }
        boolean known = verified.zones().stream()
                .allMatch(zone -> zone.verdict() == BundleRules.Verdict.NOTHING_NEW);
        String text = (known ? "nothing new" : "merged") + ": " + done.taken() + " of "
                + verified.file().trailer().entries() + " versions of " + verified.partner().name()
                + (done.buried() == 0 ? "" : ", and " + done.buried() + " keys ended that it has ended");
        return done.complete() ? FileResult.of(known ? FileVerdict.NOTHING_NEW : FileVerdict.MERGED, text,
                verified) : FileResult.of(FileVerdict.INCOMPLETE, text + "; some versions are not readable"
                        + " here, or from the future: merge the same file again later", verified);
    }

    /** The result for a sound bundle that cannot be merged here by the rules. */
    private Optional<FileResult> refused(BundleVerification.Result verified) {
        String partner = verified.partner().name();
        return verified.refused().map(zone -> {
            String where = "nothing was merged: zone " + zone.state().zone() + ": ";
            return switch (zone.verdict()) {
                case MISSING -> FileResult.of(FileVerdict.MISSING, where + missing(zone, partner), verified);
                case LATE -> FileResult.of(FileVerdict.LATE, where + "it is older than what was merged and"
                        + " purged here since: throw it away", verified);
                case PUT_BACK -> FileResult.of(FileVerdict.PUT_BACK, where + partner + " knows less than it"
                        + " did: it was put back to an older state, or the node that made this is behind the"
                        + " others of its site. Carry a bundle of this site there first;"
                        + " if it gets none, and its data is lost, run 'kvs partner reset " + partner
                        + "' here", verified);
                case MERGEABLE, NOTHING_NEW -> throw new AssertionError(zone);
            };
        });
    }

    private String missing(BundleVerification.ZoneResult zone, String partner) {
        return "it needs what an earlier bundle brought" + (zone.missing().isEmpty() ? ". Carry that one"
                : ": " + zone.missing() + ". Carry what is missing") + " first, or carry a receipt of this"
                + " site to " + partner + " and make a new one there" + (writes.isMember() ? ". Another node"
                        + " of this cluster may have it: then wait, or merge there" : "");
    }
}
