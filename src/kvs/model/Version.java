package kvs.model;

import java.util.UUID;

/**
 * One value of a key: written once, never changed, the same bytes on every node. A delete is a version too (a tombstone).
 *
 * @param key whose value this is
 * @param uuid {@link VersionIdHasher} of all other fields
 * @param timestamp Unix ms, see {@link ReplicationRules#timestamp}
 * @param dot where it was written
 * @param joined first start of the directory that wrote it, Unix ms
 * @param lineage what it replaced
 * @param author user who wrote this version, {@link #NOBODY} when anonymous
 * @param owner user who created the key, carried on by later writes, or {@link #NOBODY}
 * @param expires Unix ms from which it is dead, {@link #FOREVER} for never
 * @param deleted whether it is a tombstone
 * @param data the document as received, empty for a tombstone; must not be modified
 */
public record Version(Key key, UUID uuid, long timestamp, Dot dot, long joined, Lineage lineage, UUID author, UUID owner, long expires,
        boolean deleted, byte[] data) {

    /** A time that never comes. */
    public static final long FOREVER = Long.MAX_VALUE;
    /** The end of the year 9999, Unix ms: no clock shows more. */
    public static final long TIME_MAX = 253_402_300_799_999L;
    /** No user. */
    public static final UUID NOBODY = new UUID(0, 0);

    /**
     * What a version replaced.
     *
     * @param prevTimestamp timestamp of the version that its writer's node held, 0 for none
     * @param shadowsUntil latest moment at which anything that it replaced, directly or not, could still be alive; 0 for nothing
     */
    public record Lineage(long prevTimestamp, long shadowsUntil) {

        /** Of a key that was not there. */
        public static final Lineage NEW = new Lineage(0, 0);
    }

    /** What decides against other versions of the key. */
    public VersionRank rank() {
        return new VersionRank(timestamp, joined, uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }

    /** Whether readers see nothing: deleted, or expired at {@code now}. */
    public boolean deadAt(long now) {
        return deleted || now >= expires;
    }

    /** The same fields under that id. */
    public Version withUuid(UUID id) {
        return new Version(key, id, timestamp, dot, joined, lineage, author, owner, expires, deleted, data);
    }
}
