package kvs.transfer;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import kvs.model.Key;

/**
 * Items of one kind for a target, in their order.
 *
 * @param items the items
 * @param mode what the target does with documents that it has already
 * @param unsettled keys that this import writes more than once: what they have now says nothing about what
 *     they have before an item, so such an item is not compared
 */
record PutBatch(List<TransferItem> items, Mode mode, Set<Key> unsettled) {

    /** The treatment of documents that the target has already. */
    enum Mode {
        /** They are written again. */
        ALL,
        /** Only documents that differ are written. */
        CHANGED,
        /** Nothing is written. */
        DRY_RUN
    }

    /** Whether an item is compared with the document of the target. */
    boolean compares(TransferItem item) {
        return mode != Mode.ALL && item instanceof TransferItem.DocumentItem document
                && !unsettled.contains(document.key());
    }

    /** Whether these are documents, and not metadata. */
    boolean documents() {
        return items.get(0) instanceof TransferItem.DocumentItem;
    }

    /**
     * The outcome for an item whose key has this document in the target. One that expires, or will, is never
     * unchanged: its time to live begins anew, or ends.
     */
    static PutOutcome compared(TransferItem.DocumentItem item, byte[] present, boolean expires) {
        return Arrays.equals(NdjsonCodec.bare(present), NdjsonCodec.bare(item.json()))
                && !expires && item.ttlMs() == 0 ? PutOutcome.UNCHANGED : PutOutcome.REPLACED;
    }
}
