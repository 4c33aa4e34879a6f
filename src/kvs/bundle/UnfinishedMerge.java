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
 *   merging/LINK   u64 number of the bundle, u64 time of the begin (Unix ms); empty when it ended
 * </pre>
 * Never change these names.
 *
 * @param number number of the bundle
 * @param begunMs time of its begin, Unix ms
 */
public record UnfinishedMerge(long number, long begunMs) {

    private static final String NAME = "merging/";

    /** Notes the begin of a merge. */
    static boolean begin(Transaction tx, Partner partner, BundleHead head) {
        tx.note(NAME + partner.link(), ByteBuffer.allocate(2 * Long.BYTES).putLong(head.number())
                .putLong(tx.wallMs()).array());
        return true;
    }

    /** Notes that a merge of a file of the partner has ended completely. */
    static boolean end(Transaction tx, Partner partner) {
        if (of(tx.notes(), partner).isPresent()) {
            tx.note(NAME + partner.link(), new byte[0]);
        }
        return true;
    }

    /** The merge of a file of the partner that has not ended. */
    public static Optional<UnfinishedMerge> of(StoreNotes notes, Partner partner) {
        return notes.find(NAME + partner.link()).filter(body -> body.length == 2 * Long.BYTES)
                .map(body -> new UnfinishedMerge(ByteBuffer.wrap(body).getLong(),
                        ByteBuffer.wrap(body).getLong(Long.BYTES)));
    }
}
