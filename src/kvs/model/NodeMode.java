package kvs.model;

import java.util.Locale;

/** The requests that a node accepts at the moment. */
public enum NodeMode {
    /** Reads and writes. */
    NORMAL,
    /** Reads and replication, no client writes. */
    READ_ONLY,
    /** Fetches the data of its cluster; no client writes. */
    SYNCING;

    /** The name in responses: {@code read-only}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
