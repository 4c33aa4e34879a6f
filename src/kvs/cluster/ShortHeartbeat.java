package kvs.cluster;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import kvs.model.Member;
import kvs.model.ProtocolGate;
import kvs.model.Version;
import kvs.peer.PeerSignature.NodeRun;

/**
 * A heartbeat to a node that has the last full status of its sender, while nothing has changed but the clock.
 * Never change it:
 * <pre>
 *   message    u8 version = 3, uuid origin, u64 boot, u64 wall, u64 digest, u64 held; numbers big-endian
 *   response   200 and such a message, or 200 and a full one ({@link GossipMessage}); 412 from a node that
 *              does not have that status: it is sent the full one at once
 *   field 5    u64 digest, in each full status: only a node that reports it reads this form
 *
 *   03 0000000000000001 0000000000000002 0000000000000009 000001890c8b8e80 00000000000000aa 00000000000000bb
 *      run 9 of the origin 0…1-0…2, its clock, the digest of its status, the digest that it has of the
 *      receiver's
 * </pre>
 * The digest stands for {@link NodeStatus#lasting}: it leaves out the clock, the facts that only people read,
 * and the time for which a third node is silent, up to {@value #SILENT_STEP_MS} ms. So these are as old as
 * the last full status, which is sent again after {@value #FULL_MS} ms at the latest. Two statuses of a run
 * have one digest by chance only, once in 2^64: the sender forms it, and it lies about nobody but itself.
 *
 * @param run run of the sender
 * @param wallMs its clock, Unix ms
 * @param digest digest of its status
 * @param held digest of the last full status of the receiver that it has, 0 for none
 */
record ShortHeartbeat(NodeRun run, long wallMs, long digest, long held) {

    /** The tag among the fields of a {@link GossipMessage}. */
    static final int TAG = 5;
    /** Steps of the time for which a third node is silent; reports that are as inexact change nothing. */
    static final long SILENT_STEP_MS = 30_000;
    /** Time after which a status is sent in full, although it has not changed. */
    static final long FULL_MS = 10_000;
    static final long FULL_NANOS = TimeUnit.MILLISECONDS.toNanos(FULL_MS);
    private static final byte VERSION = 3;
    private static final int BYTES = 1 + 6 * Long.BYTES;

    /** The digest of a status of {@code self}, never 0. */
    static long digest(Member self, NodeStatus status) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(
                    new GossipMessage(self, status.lasting(), List.of()).encode(ProtocolGate.PRESENT));
            return Math.max(1, ByteBuffer.wrap(hash).getLong() & Long.MAX_VALUE);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    /** The field of a full status with that digest. */
    static Map<Integer, byte[]> field(long digest) {
        return Map.of(TAG, ByteBuffer.allocate(Long.BYTES).putLong(digest).array());
    }

    /** The digest in a full status; empty if its node does not read short heartbeats. */
    static OptionalLong reported(NodeStatus status) {
        return status.field(TAG).filter(field -> field.length == Long.BYTES)
                .map(field -> OptionalLong.of(ByteBuffer.wrap(field).getLong())).orElse(OptionalLong.empty());
    }

    /** Whether a status is of that run and has that digest. */
    boolean isOf(Member member, NodeStatus status) {
        return member.origin().equals(run.origin()) && status.boot() == run.boot()
                && reported(status).equals(OptionalLong.of(digest));
    }

    byte[] encode() {
        return ByteBuffer.allocate(BYTES).put(VERSION).putLong(run.origin().getMostSignificantBits())
                .putLong(run.origin().getLeastSignificantBits()).putLong(run.boot()).putLong(wallMs)
                .putLong(digest).putLong(held).array();
    }

    /** Whether these bytes are of this form, perhaps malformed. */
    static boolean isShort(byte[] body) {
        return body.length > 0 && body[0] == VERSION;
    }

    /** The message in these bytes; empty if it is not valid. */
    static Optional<ShortHeartbeat> decode(byte[] body) {
        if (body.length != BYTES || !isShort(body)) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(body, 1, BYTES - 1);
        ShortHeartbeat heartbeat = new ShortHeartbeat(new NodeRun(new UUID(in.getLong(), in.getLong()),
                in.getLong()), in.getLong(), in.getLong(), in.getLong());
        return Optional.of(heartbeat).filter(message -> message.wallMs >= 0
                && message.wallMs <= Version.TIME_MAX && message.digest != 0);
    }
}
