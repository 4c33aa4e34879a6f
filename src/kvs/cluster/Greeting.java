package kvs.cluster;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.model.Member;
import kvs.model.Mode;

/**
 * What two nodes say to each other when one joins, in heartbeats and in gossip, both ways; a heartbeat has no others. Never change it:
 * <pre>
 *  greeting   u8 version = 1, member self, u8 mode, u64 wall, u64 count, u64 head, root(32), u16 others, member…
 *  member     str id, str address, uuid origin, u64 joined, u64 incarnation, u8 left
 *  str        u16 length, modified UTF-8 (java.io.DataInput); uuid = u64 high, u64 low; numbers big-endian
 * </pre>
 * Valid when the version is 1, ids have 1 to 64 characters, addresses 1 to 300, mode and left are known, others at most {@value #OTHERS_MAX},
 * and nothing follows.
 *
 * @param self who sends it
 * @param vital how it is
 * @param others members that it knows
 */
record Greeting(Member self, Vital vital, List<Member> others) {

    /** The cluster is promised to 50 nodes; this is where it says no. */
    static final int OTHERS_MAX = 1_000;
    /** Bytes of the largest one, and more than any honest one has. */
    static final int BYTES_MAX = 1 << 20;
    private static final int VERSION = 1;
    private static final int ID_MAX = 64;
    private static final int ADDRESS_MAX = 300;
    private static final int ROOT_BYTES = 32;

    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            write(out, self);
            out.writeByte(vital.mode().ordinal());
            out.writeLong(vital.wallMs());
            out.writeLong(vital.count());
            out.writeLong(vital.head());
            out.write(vital.root(), 0, ROOT_BYTES);
            out.writeShort(others.size());
            for (Member other : others) {
                write(out, other);
            }
        } catch (IOException e) {
            throw new AssertionError("memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    /** The greeting in {@code bytes}; empty when it is not valid. */
    static Optional<Greeting> decode(byte[] bytes) {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        try {
            if (in.readUnsignedByte() != VERSION) {
                return Optional.empty();
            }
            Member self = member(in);
            Mode mode = Mode.values()[in.readUnsignedByte()];
            Vital vital = new Vital(mode, in.readLong(), in.readLong(), in.readLong(), in.readNBytes(ROOT_BYTES));
            int count = in.readUnsignedShort();
            List<Member> others = new ArrayList<>();
            for (int i = 0; i < count && count <= OTHERS_MAX; i++) {
                others.add(member(in));
            }
            return count <= OTHERS_MAX && vital.root().length == ROOT_BYTES && in.read() < 0 ? Optional.of(new Greeting(self, vital, others))
                    : Optional.empty();
        } catch (IOException | IndexOutOfBoundsException | IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private static void write(DataOutputStream out, Member member) throws IOException {
        out.writeUTF(member.id());
        out.writeUTF(member.address());
        out.writeLong(member.origin().getMostSignificantBits());
        out.writeLong(member.origin().getLeastSignificantBits());
        out.writeLong(member.joined());
        out.writeLong(member.incarnation());
        out.writeByte(member.left() ? 1 : 0);
    }

    private static Member member(DataInputStream in) throws IOException {
        String id = in.readUTF();
        String address = in.readUTF();
        UUID origin = new UUID(in.readLong(), in.readLong());
        long joined = in.readLong();
        long incarnation = in.readLong();
        int left = in.readUnsignedByte();
        boolean possible = !id.isEmpty() && id.length() <= ID_MAX && !address.isEmpty() && address.length() <= ADDRESS_MAX && left <= 1
                && incarnation >= 0;
        if (!possible) {
            throw new IllegalArgumentException("no member");
        }
        return new Member(id, address, origin, joined, incarnation, left == 1);
    }
}
