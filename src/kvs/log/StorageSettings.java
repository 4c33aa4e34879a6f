package kvs.log;

/**
 * The settings of a store.
 *
 * @param segmentBytes size from which a segment is not continued
 * @param preallocateBytes growth of the active segment ahead of the writer; zeros are forced once, then an
 *     fsync needs no new length (1.5 × as fast), and a full disk is found before a record needs the space
 * @param fsync whether a write is acknowledged only after an fsync; otherwise the operating system decides
 *     when it is durable
 * @param compression Deflate level 1 to 19, 0 for none
 * @param forceDegraded whether to open a directory with missing parts
 * @param keep older versions, garbage and space to keep
 */
public record StorageSettings(int segmentBytes, int preallocateBytes, boolean fsync, int compression,
        boolean forceDegraded, SpaceSettings keep) {

    /** Segments of 128 MiB, 8 MiB ahead, fsync, level 3, ten older versions, half of the log garbage. */
    public static final StorageSettings DEFAULT = new StorageSettings(128 << 20, 8 << 20, true, 3, false);
    /** Settings for a stopped directory that is read, rewritten or made: its whole history is kept. */
    public static final StorageSettings OFFLINE = DEFAULT.keeping(new SpaceSettings(VersionChain.MAX, 50, 0));
    private static final int SEGMENT_MAX = 1 << 30;

    /**
     * The bounds of what is kept beside the current versions.
     *
     * @param history older versions of each key, 0 for none
     * @param garbagePercent share of the log that may be garbage before compaction begins
     * @param reserveBytes disk space to set aside, so that deletes and compaction work when the disk is full;
     *     0 for none
     */
    public record SpaceSettings(int history, int garbagePercent, int reserveBytes) {

        /** Ten versions, half of the log, nothing set aside. */
        public static final SpaceSettings DEFAULT = new SpaceSettings(10, 50, 0);

        /** Checks the bounds. */
        public SpaceSettings {
            if (history < 0 || history > VersionChain.MAX || garbagePercent < 1 || garbagePercent > 99
                    || reserveBytes < 0) {
                throw new IllegalArgumentException(history + " versions, " + garbagePercent + " % garbage, "
                        + reserveBytes + " bytes set aside");
            }
        }
    }

    /** Settings with the default retention. */
    public StorageSettings(int segmentBytes, int preallocateBytes, boolean fsync, int compression,
            boolean forceDegraded) {
        this(segmentBytes, preallocateBytes, fsync, compression, forceDegraded, SpaceSettings.DEFAULT);
    }

    /** Checks the bounds: offsets in a segment are 31 bits, and the last group may reach beyond the end. */
    public StorageSettings {
        if (segmentBytes < 1 || segmentBytes > SEGMENT_MAX || preallocateBytes < 1
                || preallocateBytes > SEGMENT_MAX) {
            throw new IllegalArgumentException("segments of " + segmentBytes + " bytes, "
                    + preallocateBytes + " ahead");
        }
    }

    /** The same for opening a directory with missing parts. */
    public StorageSettings degraded() {
        return new StorageSettings(segmentBytes, preallocateBytes, fsync, compression, true, keep);
    }

    /** The same with another retention. */
    public StorageSettings keeping(SpaceSettings other) {
        return new StorageSettings(segmentBytes, preallocateBytes, fsync, compression, forceDegraded, other);
    }
}
