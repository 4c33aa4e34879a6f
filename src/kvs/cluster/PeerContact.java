package kvs.cluster;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import kvs.model.Coverage;
import kvs.model.Member;
import kvs.model.ProtocolGate;

/**
 * A contact with another node, and the note of it.
 *
 * <pre>
 *   note peer/ORIGIN   str id, str address, u64 joined, u64 incarnation, u64 heard,
 *                      u64 equal (Unix ms, 0 never), u64 number in our log then,
 *                      u64 number in its log when it was heard,
 *                      u32 number of its protocol (absent: the first release)
 * </pre>
 *
 * @param log highest known number of its log
 * @param fresh whether it was heard since this node started
 * @param covered the coverage that it last reported since this node started; none if it reported nothing
 * @param protocol the protocol that it reads, see {@link ProtocolGate}
 */
record PeerContact(Member member, long heardMs, long log, boolean fresh, Coverage covered, LastEqual equal,
        int protocol) {

    /** The start of the names of notes of contacts. */
    static final String NOTE_PREFIX = "peer/";
    private static final String UNKNOWN = "unknown";

    /**
     * The moment when two nodes last held the same: the time, and the number of the last record in this
     * node's log.
     */
    record LastEqual(long wallMs, long seq) {

        static final LastEqual NEVER = new LastEqual(0, 0);
    }

    /** A node that is known by reports only. */
    static PeerContact stranger(UUID origin) {
        return new PeerContact(new Member(origin.toString(), UNKNOWN, origin, 0, 0, false), 0, 0, false,
                Coverage.NONE, LastEqual.NEVER, ProtocolGate.FIRST);
    }

    /**
     * Whether this node has never heard it itself. Such a node is not reported further: two nodes that did so
     * would keep it for ever.
     */
    boolean stranger() {
        return member.address().equals(UNKNOWN);
    }

    /** Whether both have ever held the same. */
    boolean wasEqual() {
        return !equal.equals(LastEqual.NEVER);
    }

    /** The body of its note. */
    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeUTF(member.id());
            out.writeUTF(member.address());
            out.writeLong(member.joined());
            out.writeLong(member.incarnation());
            out.writeLong(heardMs);
            out.writeLong(equal.wallMs);
            out.writeLong(equal.seq);
            out.writeLong(log);
            out.writeInt(protocol);
        } catch (IOException e) {
            throw new AssertionError("a write to memory failed", e);
        }
        return bytes.toByteArray();
    }

    /** The last moment when this node and the one of a note held the same. */
    static LastEqual equal(UUID origin, byte[] body) {
        return decode(origin, body).map(PeerContact::equal).orElse(LastEqual.NEVER);
    }

    /** The contact of a note; empty when that is malformed. */
    static Optional<PeerContact> decode(UUID origin, byte[] body) {
        try {
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(body));
            Member member = new Member(in.readUTF(), in.readUTF(), origin, in.readLong(),
                    in.readLong(), false);
            long heardMs = in.readLong();
            LastEqual equal = new LastEqual(in.readLong(), in.readLong());
            long log = in.readLong();
            int protocol = in.available() == 0 ? ProtocolGate.FIRST : in.readInt();
            return Optional.of(new PeerContact(member, heardMs, log, false, Coverage.NONE, equal, protocol));
        } catch (IOException none) {
            return Optional.empty();
        }
    }
}
