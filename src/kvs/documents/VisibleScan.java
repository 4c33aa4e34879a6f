package kvs.documents;

import java.util.Optional;
import kvs.tree.Entry;
import kvs.tree.TreeCursor;

/**
 * A scan of the living entries that the caller may read, in key order. Confined to one thread; dropped when
 * its page is made.
 */
final class VisibleScan {

    private final TreeCursor scan;
    private final long now;
    private final AccessContext.Grants grants;

    /** A scan of the entries that live at {@code now}, Unix ms. */
    VisibleScan(TreeCursor scan, long now, AccessContext.Grants grants) {
        this.grants = grants;
        this.scan = scan;
        this.now = now;
    }

    /** The next entry, empty at the end. */
    Optional<Entry> next() {
        while (scan.next()) {
            if (!scan.entry().deadAt(now) && grants.shows(scan.entry())) {
                return Optional.of(scan.entry());
            }
        }
        return Optional.empty();
    }

    /** Continues at the first entry that is not below {@code key}; never goes back. */
    void seek(byte[] key) {
        scan.seek(key);
    }
}
