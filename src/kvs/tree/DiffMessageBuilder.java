package kvs.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A {@link DiffMessage} that is being filled. Keys are counted as if none shared a prefix, so that the
 * receiver's bound on unfolded keys holds too. Once the builder is {@link #full}, it adds only the ranges of
 * further parts, and the requester requests them later. One thread.
 */
final class DiffMessageBuilder {

    /** Size from which no part is begun, so that the last one, of at most a few long keys, still fits. */
    private static final int FULL_BYTES = DiffMessage.BYTES_MAX / 2;
    /** Size up to which deferred ranges are added one by one. */
    private static final int LATER_BYTES = DiffMessage.BYTES_MAX * 3 / 4;
    /**
     * More than kind, end mark and lengths of a part take; keeps its parts fewer than
     * {@link DiffMessage#PARTS_MAX}.
     */
    private static final int PART_BYTES = 32;
    /** More than the lengths of a key take. */
    private static final int KEY_BYTES = 4;
    private static final int ITEM_BYTES = KEY_BYTES + 3 * Long.BYTES;

    private final List<DiffMessage.Part> parts = new ArrayList<>();
    private int bytes;

    boolean full() {
        return bytes >= FULL_BYTES;
    }

    /** Requests the items of a range, in another message when this one is full. */
    void want(KeyRange range) {
        if (full()) {
            later(range);
        } else {
            add(new DiffMessage.Request(range), 0);
        }
    }

    void digests(KeyRange range, List<byte[]> splits, List<byte[]> digests) {
        int keyBytes = splits.stream().mapToInt(split -> KEY_BYTES + split.length).sum();
        add(new DiffMessage.Digests(range, splits, digests),
                keyBytes + DiffMessage.DIGEST_BYTES * digests.size());
    }

    /** Adds the entries of a range as far as there is space, and defers the rest. */
    void items(Tree tree, KeyRange range) {
        TreeCursor scan = tree.scan(range);
        List<DiffMessage.KeyVersion> items = new ArrayList<>();
        int itemBytes = 0;
        while (scan.next()) {
            Entry entry = scan.entry();
            if (bytes + itemBytes >= FULL_BYTES) {
                add(new DiffMessage.Items(KeyRange.of(range.from(), entry.key()), items), itemBytes);
                later(new KeyRange(entry.key(), range.to()));
                return;
            }
            items.add(new DiffMessage.KeyVersion(entry.key(), entry.timestamp(), entry.uuidHigh(),
                    entry.uuidLow()));
            itemBytes += ITEM_BYTES + entry.key().length;
        }
        add(new DiffMessage.Items(range, items), itemBytes);
    }

    /**
     * Defers a range to another message. Ranges that touch become one. When even the ranges fill the message,
     * those between are included, and their differences are found a second time.
     */
    void later(KeyRange range) {
        int end = parts.size() - 1;
        if (end >= 0 && parts.get(end) instanceof DiffMessage.Deferred last
                && (bytes > LATER_BYTES || touches(last.range(), range))) {
            parts.set(end, new DiffMessage.Deferred(new KeyRange(last.range().from(), range.to())));
        } else {
            add(new DiffMessage.Deferred(range), 0);
        }
    }

    DiffMessage message() {
        return new DiffMessage(List.copyOf(parts));
    }

    private void add(DiffMessage.Part part, int more) {
        parts.add(part);
        bytes += PART_BYTES + part.range().from().length
                + part.range().to().map(to -> to.length).orElse(0) + more;
    }

    private static boolean touches(KeyRange left, KeyRange right) {
        return left.to().isPresent() && Arrays.equals(left.to().get(), right.from());
    }
}
