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
 *   merging/LINK   u64 number of the bundle, u64 time of the begin (Unix ms), u64 its complete_until (Unix
 *                  ms); empty when it ended here
 * </pre>
 * Never change these names.
 *
 * @param number number of the bundle
 * @param begunMs time of its begin, Unix ms
 * @param completeUntilMs see {@link kvs.model.BundleRules#completeUntil}
 */
public record UnfinishedMerge(long number, long begunMs, long completeUntilMs) {

    private static final String NAME = "merging/";
    private static final int BYTES = 3 * Long.BYTES;

    /** Notes the begin of a merge. */
    static boolean begin(Transaction tx, Partner partner, BundleHead head) {
        tx.note(NAME + partner.link(), ByteBuffer.allocate(BYTES).putLong(head.number())
                .putLong(tx.wallMs()).putLong(head.completeUntilMs()).array());
        return true;
    }

    /** Notes that a merge of a file of the partner has ended completely. */
    static boolean end(Transaction tx, Partner partner) {
        if (tx.notes().find(NAME + partner.link()).filter(body -> body.length > 0).isPresent()) {
            tx.note(NAME + partner.link(), new byte[0]);
        }
        return true;
    }

    /** The merge of a file of a partner that has not ended, here or at another node of the site. */
    static Optional<UnfinishedMerge> of(StoreNotes notes, Statements said) {
        return notes.find(NAME + said.partner().link()).filter(body -> body.length == BYTES)
                .map(UnfinishedMerge::decode).filter(merge -> !merge.hasEnded(said));
    }

    private static UnfinishedMerge decode(byte[] body) {
        ByteBuffer in = ByteBuffer.wrap(body);
        return new UnfinishedMerge(in.getLong(), in.getLong(), in.getLong());
    }

    /** Whether the records of the site say that this bundle, or a later one, was merged by another node. */
    private boolean hasEnded(Statements said) {
        return completeUntilMs > 0 && said.partner().zones().stream()
                .allMatch(zone -> said.of(zone).untilMs() >= completeUntilMs);
    }
}
