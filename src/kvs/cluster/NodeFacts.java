package kvs.cluster;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Facts about a node that people want to see of all members at one of them. Nothing decides by them.
 *
 * <pre>
 *   field 3   u64 uptime in ms, i64 free bytes of the disk (-1: unknown), version of the program in ASCII
 * </pre>
 *
 * @param version version of the program, of the characters {@code 0-9 A-Z a-z . + - _}
 * @param uptimeMs time since its start
 * @param diskFreeBytes free bytes of its disk
 */
public record NodeFacts(String version, long uptimeMs, OptionalLong diskFreeBytes) {

    /** The tag among the fields of a {@link GossipMessage}. */
    static final int TAG = 3;
    private static final int VERSION_MAX = 32;
    private static final int NUMBERS = 2 * Long.BYTES;

    /** The facts that a member reports; empty if it reports none, or none that can be true. */
    public static Optional<NodeFacts> of(NodeStatus status) {
        return status.field(TAG).flatMap(NodeFacts::decode);
    }

    /** The field of a heartbeat with these facts. */
    public Map<Integer, byte[]> field() {
        byte[] name = version.getBytes(StandardCharsets.US_ASCII);
        int length = Math.min(name.length, VERSION_MAX);
        return Map.of(TAG, ByteBuffer.allocate(NUMBERS + length).putLong(uptimeMs)
                .putLong(diskFreeBytes.orElse(-1)).put(name, 0, length).array());
    }

    private static Optional<NodeFacts> decode(byte[] body) {
        if (body.length < NUMBERS || body.length > NUMBERS + VERSION_MAX) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(body);
        long uptimeMs = in.getLong();
        long free = in.getLong();
        String version = new String(body, NUMBERS, body.length - NUMBERS, StandardCharsets.US_ASCII);
        boolean possible = uptimeMs >= 0 && free >= -1 && version.chars().allMatch(NodeFacts::plain);
        return !possible ? Optional.empty() : Optional.of(new NodeFacts(version, uptimeMs,
                free < 0 ? OptionalLong.empty() : OptionalLong.of(free)));
    }

    private static boolean plain(int c) {
        return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || ".+-_".indexOf(c) >= 0;
    }
}
