package kvs.documents;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import kvs.store.StoreView;
import kvs.tree.Entry;
import kvs.tree.KeyRange;

/**
 * A page of a range of keys, or of those written in a span of time: living entries.
 *
 * @param entries in key order
 * @param next the last key shown, when more may follow
 */
public record RangePage(List<Entry> entries, Optional<String> next) {

    /**
     * The query of a range. Its keys are any text: a range need not begin or end at a stored key.
     *
     * @param start first key that may be shown
     * @param end first key that is not, empty for none
     * @param after the last key of the page before
     * @param times the span of time in which the shown versions were written
     * @param limit maximum number of items
     */
    public record RangeQuery(byte[] start, Optional<byte[]> end, Optional<String> after,
            TimeSpan times, int limit) {

        /** Everything below a prefix. */
        static RangeQuery below(byte[] prefix, Optional<String> after, int limit) {
            KeyRange range = KeyRange.prefix(prefix);
            return new RangeQuery(range.from(), range.to(), after, TimeSpan.ALL, limit);
        }
    }

    /**
     * A span of time.
     *
     * @param from first ms that is in it
     * @param to first ms that is not
     */
    public record TimeSpan(long from, long to) {

        /** All time. */
        public static final TimeSpan ALL = new TimeSpan(0, Long.MAX_VALUE);
    }

    /**
     * The page of {@code root} at {@code now} for a caller with those grants; ends after {@code limit} items
     * or the bytes of a page.
     */
    public static RangePage page(StoreView root, RangeQuery query, long now, AccessContext.Grants grants) {
        VisibleScan scan = new VisibleScan(
                root.tree().changed(range(query), query.times.from, query.times.to), now, grants);
        List<Entry> entries = new ArrayList<>();
        long bytes = 0;
        Optional<Entry> entry = scan.next();
        while (entry.isPresent()) {
            if (entries.size() >= query.limit || bytes >= DocumentLimits.PAGE_BYTES_MAX) {
                return new RangePage(entries, Optional.of(path(entries.get(entries.size() - 1))));
            }
            entries.add(entry.get());
            bytes += Listing.ITEM_BYTES + entry.get().key().length + entry.get().dataBytes();
            entry = scan.next();
        }
        return new RangePage(entries, Optional.empty());
    }

    /** The path of an entry. */
    public static String path(Entry entry) {
        return new String(entry.key(), StandardCharsets.UTF_8);
    }

    /** The rest of the range of a query. */
    static KeyRange range(RangeQuery query) {
        byte[] from = query.start;
        if (query.after.isPresent()) {
            byte[] last = query.after.get().getBytes(StandardCharsets.UTF_8);
            byte[] behind = Arrays.copyOf(last, last.length + 1);
            from = Arrays.compareUnsigned(behind, from) > 0 ? behind : from;
        }
        return Listing.users(new KeyRange(from, query.end));
    }
}
