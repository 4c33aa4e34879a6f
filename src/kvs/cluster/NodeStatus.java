package kvs.cluster;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import kvs.model.ClusterProtocol;
import kvs.model.Coverage;
import kvs.model.NodeMode;
import kvs.model.SequenceNumber;
import kvs.model.Version;

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
 * @param more what only newer nodes tell
 */
public record NodeStatus(long boot, NodeMode mode, boolean whole, long wallMs, long windowMs, long count, long head, long log, Coverage covered,
        Digests digests, Map<UUID, PeerReport> known, Extensions more) {

    /** The largest {@code bootstrap_max_age_hours}. */
    private static final long WINDOW_MS_MAX = TimeUnit.HOURS.toMillis(876_000);

    /** The same of a node of this release, without fields. */
    public NodeStatus(long boot, NodeMode mode, boolean whole, long wallMs, long windowMs, long count, long head, long log,
            Coverage covered, Digests digests, Map<UUID, PeerReport> known) {
        this(boot, mode, whole, wallMs, windowMs, count, head, log, covered, digests, known, new Extensions(ClusterProtocol.PRESENT, Map.of()));
    }

    /** The same with those fields too. */
    public NodeStatus with(Map<Integer, byte[]> fields) {
        Map<Integer, byte[]> all = new TreeMap<>(more.fields);
        all.putAll(fields);
        return with(new Extensions(more.protocol, all));
    }

    NodeStatus with(Extensions other) {
        return new NodeStatus(boot, mode, whole, wallMs, windowMs, count, head, log, covered, digests, known, other);
    }

    /** What the node has purged; empty when it does not tell. */
    Optional<PurgeFloor> floor() {
        return field(PurgeFloor.TAG).flatMap(PurgeFloor::decode);
    }

    /** What the node can read. */
    public int protocol() {
        return more.protocol;
    }

    /** A field; empty when the node tells none of that tag. */
    public Optional<byte[]> field(int tag) {
        return Optional.ofNullable(more.fields.get(tag));
    }

    /**
     * The part of a heartbeat that the first release does not have.
     *
     * @param protocol the number of {@link ClusterProtocol}
     * @param fields by tag; of each tag the owner of the field knows the format, a reader that does not know a tag passes over it
     */
    public record Extensions(int protocol, Map<Integer, byte[]> fields) {

        static final Extensions NOTHING = new Extensions(ClusterProtocol.FIRST, Map.of());
    }

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
    public record PeerReport(long silentMs, long log) { }

    /** Of a node of which nothing is known. */
    static final NodeStatus UNKNOWN = new NodeStatus(0, NodeMode.SYNCING, false, 0, 0, 0, 0, 0, Coverage.NONE,
            new Digests(new byte[32], new byte[32]), Map.of(), Extensions.NOTHING);

    /**
     * Whether a node can be so. A window longer than any setting would keep what is deleted everywhere, a clock of no year would make
     * every other one wrong.
     */
    boolean possible() {
        boolean self = boot >= 0 && boot <= SequenceNumber.BOOT_MAX && wallMs >= 0 && wallMs <= Version.TIME_MAX
                && windowMs >= 0 && windowMs <= WINDOW_MS_MAX;
        return self && count >= 0 && head >= 0 && log >= 0
                && known.values().stream().allMatch(each -> each.silentMs >= 0 && each.log >= 0);
    }

    /** Digest of everything. */
    public byte[] root() {
        return digests.root;
    }
}
