package kvs.bundle;

import java.nio.ByteBuffer;
import java.util.Optional;
import kvs.recovery.StoreNotes;
import kvs.store.Transaction;

/**
 * A merge that was begun here and has not ended: what it brought is here, but is not covered. It is a note of
 * the directory, so that it is known after a crash too; the same file, or a later one of the partner, ends
 * it.
 *
 * <pre>
 *   merging/LINK   u64 number of the bundle, u64 time of the begin, u64 its complete_until, u64 time at
 *                  which it was made (all Unix ms); empty when it ended here
 * </pre>
 * Never change these names.
 *
 * @param number number of the bundle
 * @param begunMs time of its begin, Unix ms
 * @param completeUntilMs see {@link kvs.model.BundleRules#completeUntil}
 * @param madeMs time at which the bundle was made, Unix ms
 */
public record UnfinishedMerge(long number, long begunMs, long completeUntilMs, long madeMs) {

    private static final String NAME = "merging/";
    private static final int BYTES = 4 * Long.BYTES;

    /** Notes the begin of a merge, unless that of a later bundle has not ended. */
    static boolean begin(Transaction tx, Partner partner, BundleHead head) {
        if (!isLater(tx, partner, head)) {
            tx.note(NAME + partner.link(), ByteBuffer.allocate(BYTES).putLong(head.number())
                    .putLong(tx.wallMs()).putLong(head.completeUntilMs()).putLong(head.madeMs()).array());
        }
        return true;
    }

    /** Notes that the merge of that bundle has ended completely; one of a later bundle has not. */
    static boolean end(Transaction tx, Partner partner, BundleHead head) {
        if (noted(tx.notes(), partner).isPresent() && !isLater(tx, partner, head)) {
            tx.note(NAME + partner.link(), new byte[0]);
        }
        return true;
    }

    private static boolean isLater(Transaction tx, Partner partner, BundleHead head) {
        return noted(tx.notes(), partner).filter(known -> known.madeMs > head.madeMs()).isPresent();
    }

    /** The merge of a file of a partner that has not ended, here or at another node of the site. */
    static Optional<UnfinishedMerge> of(StoreNotes notes, Statements said) {
        return noted(notes, said.partner()).filter(merge -> !merge.hasEnded(said));
    }

    /** The merge that has not ended here. */
    static Optional<UnfinishedMerge> noted(StoreNotes notes, Partner partner) {
        return notes.find(NAME + partner.link()).filter(body -> body.length == BYTES)
                .map(UnfinishedMerge::decode);
    }

    private static UnfinishedMerge decode(byte[] body) {
        ByteBuffer in = ByteBuffer.wrap(body);
        return new UnfinishedMerge(in.getLong(), in.getLong(), in.getLong(), in.getLong());
    }

    /** Whether the records of the site say that this bundle, or a later one, was merged by another node. */
    private boolean hasEnded(Statements said) {
        return completeUntilMs > 0 && said.partner().zones().stream()
                .allMatch(zone -> said.of(zone).untilMs() >= completeUntilMs);
    }
}
