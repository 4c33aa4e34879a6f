package kvs.cluster;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import kvs.model.Coverage;
import kvs.model.NodeMode;
import kvs.model.ProtocolGate;
import kvs.model.SequenceNumbers;
import kvs.model.Version;
import kvs.model.ZoneReport;

/**
 * The state that a node reports in each heartbeat.
 *
 * @param boot number of its run
 * @param mode mode of the node
 * @param whole whether it lacks nothing that it knew of
 * @param wallMs its clock, Unix ms
 * @param windowMs time for which it may be away before others forget what they deleted, ms
 * @param count number of versions that it holds, including dead ones
 * @param head number of its last own write
 * @param log number of the last durable record of its log
 * @param covered its durable coverage; none while it is not whole
 * @param digests digests of its data
 * @param known its reports on other nodes, by origin
 * @param more extensions that only newer nodes report
 */
public record NodeStatus(long boot, NodeMode mode, boolean whole, long wallMs, long windowMs, long count,
        long head, long log, Coverage covered,
        Digests digests, Map<UUID, PeerReport> known, Extensions more) {

    /** The largest {@code bootstrap_max_age_hours}. */
    private static final long WINDOW_MS_MAX = TimeUnit.HOURS.toMillis(876_000);

    /** The status of a node of this release, without fields. */
    public NodeStatus(long boot, NodeMode mode, boolean whole, long wallMs, long windowMs, long count,
            long head, long log, Coverage covered, Digests digests, Map<UUID, PeerReport> known) {
        this(boot, mode, whole, wallMs, windowMs, count, head, log, covered, digests, known,
                new Extensions(ProtocolGate.PRESENT, Map.of()));
    }

    /** The same status with those fields in addition. */
    public NodeStatus with(Map<Integer, byte[]> fields) {
        Map<Integer, byte[]> all = new TreeMap<>(more.fields);
        all.putAll(fields);
        return with(new Extensions(more.protocol, all));
    }

    NodeStatus with(Extensions other) {
        return new NodeStatus(boot, mode, whole, wallMs, windowMs, count, head, log, covered, digests,
                known, other);
    }

    /**
     * Whether it tells what it covers. A node that has just started tells nothing until the others have
     * confirmed that its directory is no old copy, although it holds versions.
     */
    boolean tellsCoverage() {
        return whole && (count == 0 || !covered.equals(Coverage.NONE));
    }

    /** The floor of the purges of the node; empty if it does not report one. */
    Optional<PurgedWatermarks> floor() {
        return field(PurgedWatermarks.TAG).flatMap(PurgedWatermarks::decode);
    }

    /** The report of the node on the zones of its site. */
    ZoneReport zones() {
        return field(ZoneReport.TAG).flatMap(ZoneReport::decode).orElse(ZoneReport.NONE);
    }

    /** The protocol that the node can read. */
    public int protocol() {
        return more.protocol;
    }

    /** The field with that tag; empty if the node does not report it. */
    public Optional<byte[]> field(int tag) {
        return Optional.ofNullable(more.fields.get(tag));
    }

    /**
     * The part of a heartbeat that the first release does not have.
     *
     * @param protocol the number of {@link ProtocolGate}
     * @param fields by tag; the owner of a tag knows the format of its field, a reader ignores tags that it
     * does not know
     */
    public record Extensions(int protocol, Map<Integer, byte[]> fields) {

        static final Extensions NOTHING = new Extensions(ProtocolGate.FIRST, Map.of());
    }

    /**
     * Two digests of 32 bytes.
     *
     * @param root digest of everything
     * @param reserved digest of users, tokens, groups and metadata
     */
    public record Digests(byte[] root, byte[] reserved) { }

    /**
     * A report on another node.
     *
     * @param silentMs time for which all members that the reporter hears have not heard it
     * @param log last known number of its log
     */
    public record PeerReport(long silentMs, long log) { }

    /** The status of a node of which nothing is known. */
    static final NodeStatus UNKNOWN = new NodeStatus(0, NodeMode.SYNCING, false, 0, 0, 0, 0, 0, Coverage.NONE,
            new Digests(new byte[32], new byte[32]), Map.of(), Extensions.NOTHING);

    /**
     * Whether a node can have this status. A window longer than any setting would keep all deleted versions
     * everywhere, an impossible clock would make every other one wrong.
     */
    boolean possible() {
        boolean self = boot >= 0 && boot <= SequenceNumbers.BOOT_MAX && wallMs >= 0
                && wallMs <= Version.TIME_MAX && windowMs >= 0 && windowMs <= WINDOW_MS_MAX;
        return self && count >= 0 && head >= 0 && log >= 0
                && known.values().stream().allMatch(each -> each.silentMs >= 0 && each.log >= 0);
    }

    /** The digest of everything. */
    public byte[] root() {
        return digests.root;
    }
}
