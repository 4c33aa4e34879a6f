package kvs.cluster;

import java.util.Map;
import java.util.UUID;
import kvs.model.Coverage;
import kvs.model.Mode;

/**
 * How a node is.
 *
 * @param boot number of its run
 * @param mode what it takes
 * @param whole whether it lacks nothing that it knew of
 * @param wallMs its clock, Unix ms
 * @param windowMs how long it may be away before others forget what they deleted, ms
 * @param count versions that it holds, dead ones too
 * @param head number of its last own write
 * @param log number of the last record of its log that is durable
 * @param covered what it covers, durably; nothing while it is not whole
 * @param digests of what it holds
 * @param known what it knows of others, by origin
 */
public record Vital(long boot, Mode mode, boolean whole, long wallMs, long windowMs, long count, long head, long log, Coverage covered,
        Digests digests, Map<UUID, Known> known) {

    /**
     * Two digests of 32 bytes.
     *
     * @param root of everything
     * @param reserved of users, tokens, groups and metadata
     */
    public record Digests(byte[] root, byte[] reserved) { }

    /**
     * What is told of somebody else.
     *
     * @param silentMs for how long it has been silent to all whom the teller hears
     * @param log how far its log went then
     */
    public record Known(long silentMs, long log) { }

    /** Of a node of which nothing is known. */
    static final Vital UNKNOWN = new Vital(0, Mode.SYNCING, false, 0, 0, 0, 0, 0, Coverage.NONE, new Digests(new byte[32], new byte[32]), Map.of());

    /** Digest of everything. */
    public byte[] root() {
        return digests.root;
    }
}
