package kvs.log;

/**
 * How a store works.
 *
 * @param segmentBytes a segment that has reached this is not continued
 * @param preallocateBytes by how much the active segment grows ahead of the writer; zeros are forced once, then an fsync needs no new length
 *     (1.5 × as fast), and a full disk is found before a record needs the room
 * @param fsync whether a write is acknowledged only after an fsync; otherwise the operating system decides when it is durable
 * @param compression Deflate level 1 to 19, 0 for none
 * @param forceDegraded whether to open a directory of which parts are missing
 * @param keep what is kept beside what is current
 */
public record StorageSettings(int segmentBytes, int preallocateBytes, boolean fsync, int compression, boolean forceDegraded, Retention keep) {

    /** Segments of 128 MiB, 8 MiB ahead, fsync, level 3, ten older versions, half of the log garbage. */
    public static final StorageSettings DEFAULT = new StorageSettings(128 << 20, 8 << 20, true, 3, false);
    /** For a stopped directory that is read, rewritten or made: none of its history is forgotten. */
    public static final StorageSettings OFFLINE = DEFAULT.keeping(new Retention(VersionChain.MAX, 50, 0));
    private static final int SEGMENT_MAX = 1 << 30;

    /**
     * What is kept beside what is current.
     *
     * @param history older versions of each key, 0 for none
     * @param garbagePercent share of the log that may be garbage before compaction begins
     * @param reserveBytes room that is set aside, so that deletes and compaction work when the disk is full; 0 for none
     */
    public record Retention(int history, int garbagePercent, int reserveBytes) {

        /** Ten versions, half of the log, nothing set aside. */
        public static final Retention DEFAULT = new Retention(10, 50, 0);

        /** Checks the bounds. */
        public Retention {
            if (history < 0 || history > VersionChain.MAX || garbagePercent < 1 || garbagePercent > 99 || reserveBytes < 0) {
                throw new IllegalArgumentException(history + " versions, " + garbagePercent + " % garbage, " + reserveBytes + " bytes set aside");
            }
        }
    }

    /** With what is kept by default. */
    public StorageSettings(int segmentBytes, int preallocateBytes, boolean fsync, int compression, boolean forceDegraded) {
        this(segmentBytes, preallocateBytes, fsync, compression, forceDegraded, Retention.DEFAULT);
    }

    /** Checks the bounds: offsets in a segment are 31 bits, and the last group may reach beyond the end. */
    public StorageSettings {
        if (segmentBytes < 1 || segmentBytes > SEGMENT_MAX || preallocateBytes < 1 || preallocateBytes > SEGMENT_MAX) {
            throw new IllegalArgumentException("segments of " + segmentBytes + " bytes, " + preallocateBytes + " ahead");
        }
    }

    /** The same, opening what is left of a directory. */
    public StorageSettings degraded() {
        return new StorageSettings(segmentBytes, preallocateBytes, fsync, compression, true, keep);
    }

    /** The same, keeping something else. */
    public StorageSettings keeping(Retention other) {
        return new StorageSettings(segmentBytes, preallocateBytes, fsync, compression, forceDegraded, other);
    }
}
