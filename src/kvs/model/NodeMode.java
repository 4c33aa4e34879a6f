package kvs.model;

import java.util.Locale;

/** What a node takes at the moment. */
public enum NodeMode {
    /** Reads and writes. */
    NORMAL,
    /** Reads and replication, no client writes. */
    READ_ONLY,
    /** It fetches the data of its cluster; no client writes. */
    SYNCING;

    /** The name that stands in answers: {@code read-only}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
