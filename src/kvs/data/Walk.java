package kvs.data;

import java.util.Optional;
import kvs.tree.Entry;
import kvs.tree.Scan;

/** The living entries of a scan that somebody may read, in key order. Confined to one thread; dropped when its page is made. */
final class Walk {

    private final Scan scan;
    private final long now;
    private final Access.Grants grants;

    /** A walk of what lives at {@code now}, Unix ms. */
    Walk(Scan scan, long now, Access.Grants grants) {
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
