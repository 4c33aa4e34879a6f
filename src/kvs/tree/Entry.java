package kvs.tree;

/**
 * The current version of one key in the index: the location of its record and the fields that are needed
 * without reading it. Immutable; the key must not be modified.
 *
 * <p>Two layouts save heap, because there are millions of entries: one without expiry takes 64 bytes
 * (compressed references), one with an expiry or with a bounded shadow 80; a chain of n older versions takes
 * 16 + 12 n more.
 */
public abstract sealed class Entry {

    /** The time of an event that never happens. */
    public static final long FOREVER = Long.MAX_VALUE;
    /** Bound of owner numbers (exclusive). */
    public static final int OWNER_MAX = 1 << 28;
    private static final int DELETED = 1 << 31;
    private static final int SHADOW_FOREVER = 1 << 30;

    private final byte[] key;
    private final int[] past;
    private final int segment;
    private final int offset;
    private final int recordBytes;
    private final int dataBytes;
    private final int ownerAndFlags;
    private final long timestamp;
    private final long uuidHigh;
    private final long uuidLow;

    /**
     * The location of a record.
     *
     * @param segment number of the segment
     * @param offset in the segment
     * @param recordBytes of the record
     * @param dataBytes of the document in it
     * @param past chain of the locations of older versions, in the form of the store; must not be modified
     */
    public record RecordLocation(int segment, int offset, int recordBytes, int dataBytes, int[] past) {

        private static final int[] NONE = {};

        /** The location of a version without older ones. */
        public RecordLocation(int segment, int offset, int recordBytes, int dataBytes) {
            this(segment, offset, recordBytes, dataBytes, NONE);
        }
    }

    /** The time of a write, Unix ms, and the two halves of the version's id. */
    public record VersionStamp(long timestamp, long uuidHigh, long uuidLow) { }

    /**
     * The expiry of a version, the time until which the versions that it replaced could live (both Unix ms or
     * {@link #FOREVER}), and whether it is a tombstone.
     */
    public record Lifetime(long expires, long shadowsUntil, boolean deleted) { }

    private Entry(byte[] key, RecordLocation place, VersionStamp stamp, int ownerAndFlags) {
        this.key = key;
        this.past = place.past;
        this.segment = place.segment;
        this.offset = place.offset;
        this.recordBytes = place.recordBytes;
        this.dataBytes = place.dataBytes;
        this.ownerAndFlags = ownerAndFlags;
        this.timestamp = stamp.timestamp;
        this.uuidHigh = stamp.uuidHigh;
        this.uuidLow = stamp.uuidLow;
    }

    /**
     * An entry.
     *
     * @param owner number of the key's owner in the table of owners, 0 for none
     */
    public static Entry of(byte[] key, RecordLocation place, VersionStamp stamp, Lifetime life, int owner) {
        if (owner < 0 || owner >= OWNER_MAX) {
            throw new IllegalArgumentException("owner number " + owner);
        }
        int flags = owner | (life.deleted ? DELETED : 0)
                | (life.shadowsUntil == FOREVER ? SHADOW_FOREVER : 0);
        boolean bounded = life.shadowsUntil != 0 && life.shadowsUntil != FOREVER;
        return life.expires == FOREVER && !bounded ? new PermanentEntry(key, place, stamp, flags)
                : new ExpiringEntry(key, place, stamp, flags, life);
    }

    /** The same version at another location, or with another chain. */
    public Entry at(RecordLocation place) {
        return of(key, place, new VersionStamp(timestamp, uuidHigh, uuidLow),
                new Lifetime(expires(), shadowsUntil(), deleted()), owner());
    }

    /** The key; must not be modified. */
    public byte[] key() {
        return key;
    }

    /** The chain of the locations of older versions, in the form of the store; must not be modified. */
    public int[] past() {
        return past;
    }

    /** Number of the segment that holds the record. */
    public int segment() {
        return segment;
    }

    /** The offset of the record in its segment. */
    public int offset() {
        return offset;
    }

    /** The length of the record. */
    public int recordBytes() {
        return recordBytes;
    }

    /** The length of the document. */
    public int dataBytes() {
        return dataBytes;
    }

    /** The number of the key's owner, 0 for none. */
    public int owner() {
        return ownerAndFlags & OWNER_MAX - 1;
    }

    /** The time of the write, Unix ms. */
    public long timestamp() {
        return timestamp;
    }

    /** First eight bytes of the id. */
    public long uuidHigh() {
        return uuidHigh;
    }

    /** Last eight bytes of the id. */
    public long uuidLow() {
        return uuidLow;
    }

    /** Whether it is a tombstone. */
    public boolean deleted() {
        return ownerAndFlags < 0;
    }

    /** The expiry, Unix ms, or {@link #FOREVER}. */
    public abstract long expires();

    /** The time until which the versions that it replaced could live, Unix ms, 0 or {@link #FOREVER}. */
    public abstract long shadowsUntil();

    /** Whether readers see nothing at {@code now}. */
    public boolean deadAt(long now) {
        return deleted() || now >= expires();
    }

    /** The time of its death: its own timestamp for a tombstone, else its expiry. */
    long death() {
        return deleted() ? timestamp : expires();
    }

    private static final class PermanentEntry extends Entry {

        PermanentEntry(byte[] key, RecordLocation place, VersionStamp stamp, int ownerAndFlags) {
            super(key, place, stamp, ownerAndFlags);
        }

        @Override
        public long expires() {
            return FOREVER;
        }

        @Override
        public long shadowsUntil() {
            return (super.ownerAndFlags & SHADOW_FOREVER) != 0 ? FOREVER : 0;
        }
    }

    private static final class ExpiringEntry extends Entry {

        private final long expires;
        private final long shadowsUntil;

        ExpiringEntry(byte[] key, RecordLocation place, VersionStamp stamp, int ownerAndFlags,
                Lifetime life) {
            super(key, place, stamp, ownerAndFlags);
            this.expires = life.expires;
            this.shadowsUntil = life.shadowsUntil;
        }

        @Override
        public long expires() {
            return expires;
        }

        @Override
        public long shadowsUntil() {
            return shadowsUntil;
        }
    }
}
