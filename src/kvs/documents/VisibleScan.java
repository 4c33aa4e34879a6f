package kvs.documents;

import java.util.Optional;
import kvs.tree.Entry;
import kvs.tree.TreeCursor;

/** The living entries of a scan that somebody may read, in key order. Confined to one thread; dropped when its page is made. */
final class VisibleScan {

    private final TreeCursor scan;
    private final long now;
    private final AccessContext.Grants grants;

    /** A walk of what lives at {@code now}, Unix ms. */
    VisibleScan(TreeCursor scan, long now, AccessContext.Grants grants) {
        this.grants = grants;
        this.scan = scan;
        this.now = now;
    }

    /** The next of them, empty at the end. */
    Optional<Entry> next() {
        while (scan.next()) {
            if (!scan.entry().deadAt(now) && grants.shows(scan.entry())) {
                return Optional.of(scan.entry());
            }
        }
        return Optional.empty();
    }

    /** Goes on at the first entry that is not below {@code key}; never goes back. */
    void seek(byte[] key) {
        scan.seek(key);
    }
}
