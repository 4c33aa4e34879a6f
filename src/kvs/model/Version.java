package kvs.model;

import java.util.UUID;

/**
 * One value of a key: written once, never changed, the same bytes on every node. A delete is a version too (a
 * tombstone).
 *
 * @param key key of the value
 * @param uuid {@link VersionIdHasher} of all other fields
 * @param timestamp Unix ms, see {@link ReplicationRules#timestamp}
 * @param dot origin and number of the write
 * @param joined first start of the directory that wrote it, Unix ms
 * @param lineage data on the versions that it replaced
 * @param author user who wrote this version, {@link #NOBODY} when anonymous
 * @param owner user who created the key, kept by later writes, or {@link #NOBODY}
 * @param expires Unix ms from which it is dead, {@link #FOREVER} for never
 * @param deleted whether it is a tombstone
 * @param data the document as received, empty for a tombstone; must not be modified
 */
public record Version(Key key, UUID uuid, long timestamp, Dot dot, long joined, Lineage lineage, UUID author,
        UUID owner, long expires, boolean deleted, byte[] data) {

    /** A time that never comes. */
    public static final long FOREVER = Long.MAX_VALUE;
    /** The end of the year 9999, Unix ms: no clock shows more. */
    public static final long TIME_MAX = 253_402_300_799_999L;
    /** No user. */
    public static final UUID NOBODY = new UUID(0, 0);

    /**
     * The lineage of a version: data on the versions that it replaced.
     *
     * @param prevTimestamp timestamp of the version that its writer's node had, 0 for none
     * @param shadowsUntil latest moment at which any version that it replaced, directly or not, could still
     *     be alive; 0 for none
     */
    public record Lineage(long prevTimestamp, long shadowsUntil) {

        /** The lineage of the first version of a key. */
        public static final Lineage NEW = new Lineage(0, 0);
    }

    /** The rank against other versions of the key. */
    public VersionRank rank() {
        return new VersionRank(timestamp, joined, uuid.getMostSignificantBits(),
                uuid.getLeastSignificantBits());
    }

    /** Whether readers see nothing: deleted, or expired at {@code now}. */
    public boolean deadAt(long now) {
        return deleted || now >= expires;
    }

    /** The same version with that id. */
    public Version withUuid(UUID id) {
        return new Version(key, id, timestamp, dot, joined, lineage, author, owner, expires, deleted, data);
    }
}
