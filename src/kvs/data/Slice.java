package kvs.data;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import kvs.store.View;
import kvs.tree.Entry;
import kvs.tree.Range;

/**
 * A page of a range of keys, or of those written in a span of time: living entries with their documents.
 *
 * @param entries in key order
 * @param next the last key shown, when more may follow
 */
public record Slice(List<Entry> entries, Optional<String> next) {

    /**
     * What is asked for. Keys here are any text: a range need not begin or end at a key.
     *
     * @param start first key that may be shown
     * @param end first key that is not, empty for none
     * @param after the last key of the page before
     * @param times when what is shown was written
     * @param limit items at most
     */
    public record Query(byte[] start, Optional<byte[]> end, Optional<String> after, Times times, int limit) {

        /** Everything below a prefix. */
        static Query below(byte[] prefix, Optional<String> after, int limit) {
            Range range = Range.prefix(prefix);
            return new Query(range.from(), range.to(), after, Times.ALL, limit);
        }
    }

    /**
     * A span of time.
     *
     * @param from first ms that is in it
     * @param to first ms that is not
     */
    public record Times(long from, long to) {

        /** All of it. */
        public static final Times ALL = new Times(0, Long.MAX_VALUE);
    }

    /** The page of {@code root} as it is at {@code now} for somebody with those grants; ends after {@code limit} items or the bytes of a page. */
    public static Slice page(View root, Query query, long now, Access.Grants grants) {
        Walk walk = new Walk(root.tree().changed(range(query), query.times.from, query.times.to), now, grants);
        List<Entry> entries = new ArrayList<>();
        long bytes = 0;
        Optional<Entry> entry = walk.next();
        while (entry.isPresent()) {
            if (entries.size() >= query.limit || bytes >= Limits.PAGE_BYTES_MAX) {
                return new Slice(entries, Optional.of(path(entries.get(entries.size() - 1))));
            }
            entries.add(entry.get());
            bytes += Listing.ITEM_BYTES + entry.get().key().length + entry.get().dataBytes();
            entry = walk.next();
        }
        return new Slice(entries, Optional.empty());
    }

    /** The path of an entry. */
    public static String path(Entry entry) {
        return new String(entry.key(), StandardCharsets.UTF_8);
    }

    /** What of a query is left to look at. */
    static Range range(Query query) {
        byte[] from = query.start;
        if (query.after.isPresent()) {
            byte[] last = query.after.get().getBytes(StandardCharsets.UTF_8);
            byte[] behind = Arrays.copyOf(last, last.length + 1);
            from = Arrays.compareUnsigned(behind, from) > 0 ? behind : from;
        }
        return Listing.users(new Range(from, query.end));
    }
}
