package kvs.cluster;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import kvs.model.Version;

/**
 * Facts about a node that people want to see of all members at one of them. Nothing decides by them.
 *
 * <pre>
 *   field 3   u64 uptime in ms, i64 free bytes of the disk (-1: unknown), version of the program in ASCII
 *   field 4   u64 end of its certificate, Unix ms; absent without https
 * </pre>
 *
 * @param version version of the program, of the characters {@code 0-9 A-Z a-z . + - _}
 * @param uptimeMs time since its start
 * @param diskFreeBytes free bytes of its disk
 * @param certificateEndsMs end of the first TLS certificate in use to end, Unix ms; empty without https
 */
public record NodeFacts(String version, long uptimeMs, OptionalLong diskFreeBytes,
        OptionalLong certificateEndsMs) {

    /** The tag among the fields of a {@link GossipMessage}. */
    static final int TAG = 3;
    /** The tag of the end of the certificate. */
    static final int CERTIFICATE = 4;
    private static final int VERSION_MAX = 32;
    private static final int NUMBERS = 2 * Long.BYTES;

    /** The facts that a member reports; empty if it reports none, or none that can be true. */
    public static Optional<NodeFacts> of(NodeStatus status) {
        return status.field(TAG).flatMap(body -> decode(body, status.field(CERTIFICATE)));
    }

    /** The fields of a heartbeat with these facts. */
    public Map<Integer, byte[]> fields() {
        byte[] name = version.getBytes(StandardCharsets.US_ASCII);
        int length = Math.min(name.length, VERSION_MAX);
        Map<Integer, byte[]> fields = new TreeMap<>();
        fields.put(TAG, ByteBuffer.allocate(NUMBERS + length).putLong(uptimeMs)
                .putLong(diskFreeBytes.orElse(-1)).put(name, 0, length).array());
        certificateEndsMs.ifPresent(ms -> fields.put(CERTIFICATE,
                ByteBuffer.allocate(Long.BYTES).putLong(ms).array()));
        return fields;
    }

    private static Optional<NodeFacts> decode(byte[] body, Optional<byte[]> certificate) {
        if (body.length < NUMBERS || body.length > NUMBERS + VERSION_MAX) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(body);
        long uptimeMs = in.getLong();
        long free = in.getLong();
        String version = new String(body, NUMBERS, body.length - NUMBERS, StandardCharsets.US_ASCII);
        boolean possible = uptimeMs >= 0 && free >= -1 && version.chars().allMatch(NodeFacts::plain);
        return !possible ? Optional.empty() : Optional.of(new NodeFacts(version, uptimeMs,
                free < 0 ? OptionalLong.empty() : OptionalLong.of(free),
                certificate.map(NodeFacts::time).orElse(OptionalLong.empty())));
    }

    private static OptionalLong time(byte[] body) {
        long ms = body.length == Long.BYTES ? ByteBuffer.wrap(body).getLong() : -1;
        return ms >= 0 && ms <= Version.TIME_MAX ? OptionalLong.of(ms) : OptionalLong.empty();
    }

    private static boolean plain(int c) {
        return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || ".+-_".indexOf(c) >= 0;
    }
}
