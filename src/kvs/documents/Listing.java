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
 * The children of a path: keys one segment below it, and the prefixes of deeper keys, each once, in byte
 * order of both together. A deeper subtree of any size is skipped by one descent of the tree.
 *
 * <p>A page is bounded by its items and bytes, and by the dead entries between the shown ones. Those are
 * skipped in memory, leaf by leaf; they are as many as died within the time after which {@link Purger}
 * removes them.
 */
public final class Listing {

    /** Approximate bytes of an item beside its key and document. */
    static final int ITEM_BYTES = 150;
    private static final byte SLASH = '/';

    /**
     * The query of a listing.
     *
     * @param prefix the common prefix of all keys: empty, or a path with a slash at its end
     * @param recurse whether all descendants are shown instead of prefixes
     * @param values whether documents will be shown, so that their bytes count
     * @param limit maximum number of items
     * @param after the last item of the page before
     */
    public record Query(byte[] prefix, boolean recurse, boolean values, int limit, Optional<String> after) { }

    /**
     * A page of a listing.
     *
     * @param keys living entries
     * @param prefixes paths with a slash at their end, below which something lives
     * @param next the last item shown, when more may follow
     */
    public record Page(List<Entry> keys, List<String> prefixes, Optional<String> next) {

        /** A weak tag of the contents of the page, and of {@code view}. */
        EntityTag tag(String view) {
            StringBuilder shown = new StringBuilder(view);
            keys.forEach(entry -> shown.append('\n').append(RangePage.path(entry)).append('\n')
                    .append(Documents.tag(entry).text()));
            prefixes.forEach(prefix -> shown.append('\n').append(prefix));
            next.ifPresent(last -> shown.append("\n\n").append(last));
            return EntityTag.weak(PrefixTotals.sha256()
                    .digest(shown.toString().getBytes(StandardCharsets.UTF_8)));
        }
    }

    private final Query query;
    private final VisibleScan scan;
    private final List<Entry> keys = new ArrayList<>();
    private final List<String> prefixes = new ArrayList<>();
    private Optional<String> last = Optional.empty();
    private long bytes;

    private Listing(StoreView root, Query query, long now, AccessContext.Grants grants) {
        this.query = query;
        this.scan = new VisibleScan(root.tree().scan(users(KeyRange.prefix(query.prefix))), now, grants);
        query.after.ifPresent(after -> scan.seek(after(after, query.recurse)));
    }

    /** The page of {@code root} at {@code now} for a caller with those grants. */
    public static Page page(StoreView root, Query query, long now, AccessContext.Grants grants) {
        return new Listing(root, query, now, grants).page();
    }

    private Page page() {
        Optional<Entry> entry = scan.next();
        while (entry.isPresent()) {
            if (full()) {
                return new Page(keys, prefixes, last);
            }
            show(entry.get());
            entry = scan.next();
        }
        return new Page(keys, prefixes, Optional.empty());
    }

    private boolean full() {
        return keys.size() + prefixes.size() >= query.limit || bytes >= DocumentLimits.PAGE_BYTES_MAX;
    }

    private void show(Entry entry) {
        byte[] key = entry.key();
        int slash = query.recurse ? -1 : slash(key, query.prefix.length);
        int shown = slash < 0 ? key.length : slash + 1;
        String text = new String(key, 0, shown, StandardCharsets.UTF_8);
        if (slash < 0) {
            keys.add(entry);
        } else {
            prefixes.add(text);
            scan.seek(pastSubtree(key, slash));
        }
        last = Optional.of(text);
        bytes += ITEM_BYTES + shown + (query.values && slash < 0 ? entry.dataBytes() : 0);
    }

    private static int slash(byte[] key, int from) {
        for (int i = from; i < key.length; i++) {
            if (key[i] == SLASH) {
                return i;
            }
        }
        return -1;
    }

    /** The first key that is not below the path that ends at {@code slash}: the slash is incremented. */
    private static byte[] pastSubtree(byte[] key, int slash) {
        byte[] past = Arrays.copyOf(key, slash + 1);
        past[slash]++;
        return past;
    }

    /** The start of the next page: after a key, or after everything below a prefix that was shown. */
    private static byte[] after(String item, boolean recurse) {
        byte[] bytes = item.getBytes(StandardCharsets.UTF_8);
        boolean prefix = bytes.length > 0 && bytes[bytes.length - 1] == SLASH;
        return prefix && !recurse ? pastSubtree(bytes, bytes.length - 1)
                : Arrays.copyOf(bytes, bytes.length + 1);
    }

    /** The part of a range that users can have: internal keys start with the byte 0. */
    static KeyRange users(KeyRange range) {
        byte[] first = {1};
        return Arrays.compareUnsigned(range.from(), first) >= 0 ? range : new KeyRange(first, range.to());
    }
}
