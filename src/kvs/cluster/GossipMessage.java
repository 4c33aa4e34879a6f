package kvs.cluster;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import kvs.model.Coverage;
import kvs.model.Member;
import kvs.model.NodeMode;
import kvs.model.ProtocolGate;

/**
 * The message between two nodes for joining, heartbeats and gossip, both ways; a heartbeat has no others.
 * Never change it:
 * <pre>
 *  greeting   u8 version = 2, member self, vital, u16 others, member…
 *  vital      u64 boot, u8 mode, u8 whole, u64 wall, u64 window, u64 count, u64 head, u64 log, root(32),
 *             reserved(32), u16 bytes, coverage ({@link Coverage}),
 *             u16 known × (uuid origin, u64 silent ms, u64 log)
 *  protocol   one of the known: {@link #PROTOCOL}, 2^63-1 ms, the number of {@link ProtocolGate};
 *             a node of the first release takes it for a node that it has never met and does not wait for
 *  fields     u8 count × (u8 tag, u16 length, bytes), after the others; only to a node that reported a
 *             protocol of 2 or more: the first release refuses additional bytes
 *  member     str id, str address, uuid origin, u64 joined, u64 incarnation, u8 left
 *  str        u16 length, modified UTF-8 (java.io.DataInput); uuid = u64 high, u64 low; numbers big-endian
 * </pre>
 * Valid when the version is 2, the sender is possible ({@link Member#possible}), mode, whole and left are,
 * boot, times and numbers are ({@link NodeStatus#possible}), known at most {@value #KNOWN_MAX}, others at
 * most {@value #OTHERS_MAX}, fields at most {@value #FIELDS_BYTES_MAX} bytes with each tag once, and nothing
 * else follows. Another member that is not possible is left out: the message of a node that only repeats such
 * a member is still valid.
 *
 * @param self the sender
 * @param status its status
 * @param others members that it knows
 */
record GossipMessage(Member self, NodeStatus status, List<Member> others) {

    /** Maximal number of members: the cluster is promised to 50 nodes, and refuses more than this. */
    static final int OTHERS_MAX = 1_000;
    /** Maximal number of bytes, more than any honest message has. */
    static final int BYTES_MAX = 1 << 20;
    /** Maximal number of other nodes in a status. */
    static final int KNOWN_MAX = 1_000;
    /** The id that stands for the protocol among the known nodes. */
    static final UUID PROTOCOL = new UUID(0x6b76_7300_0000_8000L, 0x8000_0000_0000_0001L);
    /** Maximal number of bytes of all fields together. */
    static final int FIELDS_BYTES_MAX = 1 << 17;
    private static final int VERSION = 2;
    private static final int FIELD_FIXED = 3;
    private static final int FIELD_BYTES_MAX = 0xffff;
    private static final int ROOT_BYTES = 32;

    /** The form that every release reads. */
    byte[] encode() {
        return encode(ProtocolGate.FIRST);
    }

    /** The form for a reader with that number of the protocol. */
    byte[] encode(int protocol) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            write(out, self);
            write(out, status);
            out.writeShort(others.size());
            for (Member other : others) {
                write(out, other);
            }
            if (protocol > ProtocolGate.FIRST && !status.more().fields().isEmpty()) {
                fields(out, status.more().fields());
            }
        } catch (IOException e) {
            throw new AssertionError("a write to memory failed", e);
        }
        return bytes.toByteArray();
    }

    /** Writes the fields in the order of their tags, as many as are allowed. */
    private static void fields(DataOutputStream out, Map<Integer, byte[]> fields) throws IOException {
        Map<Integer, byte[]> told = new TreeMap<>();
        int bytes = 0;
        for (Map.Entry<Integer, byte[]> field : new TreeMap<>(fields).entrySet()) {
            int length = field.getValue().length;
            if (length <= FIELD_BYTES_MAX && bytes + FIELD_FIXED + length <= FIELDS_BYTES_MAX) {
                told.put(field.getKey(), field.getValue());
                bytes += FIELD_FIXED + length;
            }
        }
        out.writeByte(told.size());
        for (Map.Entry<Integer, byte[]> field : told.entrySet()) {
            out.writeByte(field.getKey());
            out.writeShort(field.getValue().length);
            out.write(field.getValue());
        }
    }

    /** The fields at the end; none if no bytes are left. */
    private static Map<Integer, byte[]> fields(DataInputStream in) throws IOException {
        Map<Integer, byte[]> fields = new TreeMap<>();
        if (in.available() == 0) {
            return fields;
        }
        int count = in.readUnsignedByte();
        if (in.available() > FIELDS_BYTES_MAX) {
            throw new IllegalArgumentException("too many fields");
        }
        for (int i = 0; i < count; i++) {
            int tag = in.readUnsignedByte();
            int length = in.readUnsignedShort();
            if (length <= in.available()) {
                fields.put(tag, in.readNBytes(length));
            }
        }
        if (count == 0 || fields.size() != count || in.available() > 0) {
            throw new IllegalArgumentException("no fields");
        }
        return fields;
    }

    /** The message in {@code bytes}; empty if it is not valid. */
    static Optional<GossipMessage> decode(byte[] bytes) {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        try {
            if (in.readUnsignedByte() != VERSION) {
                return Optional.empty();
            }
            Member self = member(in);
            NodeStatus status = status(in);
            int count = in.readUnsignedShort();
            List<Member> others = new ArrayList<>();
            for (int i = 0; i < count && count <= OTHERS_MAX; i++) {
                Member other = member(in);
                if (other.possible()) {
                    others.add(other);
                }
            }
            NodeStatus whole = count <= OTHERS_MAX ? status.with(fields(in)) : status;
            return count <= OTHERS_MAX && self.possible() && whole.possible()
                    ? Optional.of(new GossipMessage(self, whole, others)) : Optional.empty();
        } catch (IOException | IndexOutOfBoundsException | IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private static void write(DataOutputStream out, NodeStatus status) throws IOException {
        out.writeLong(status.boot());
        out.writeByte(status.mode().ordinal());
        out.writeByte(status.whole() ? 1 : 0);
        out.writeLong(status.wallMs());
        out.writeLong(status.windowMs());
        out.writeLong(status.count());
        out.writeLong(status.head());
        out.writeLong(status.log());
        out.write(status.digests().root(), 0, ROOT_BYTES);
        out.write(status.digests().reserved(), 0, ROOT_BYTES);
        byte[] covered = status.covered().encode();
        out.writeShort(covered.length);
        out.write(covered);
        Map<UUID, NodeStatus.PeerReport> known = new TreeMap<>(status.known());
        if (status.protocol() > ProtocolGate.FIRST) {
            known.put(PROTOCOL, new NodeStatus.PeerReport(Long.MAX_VALUE, status.protocol()));
        }
        while (known.size() > KNOWN_MAX) {
            known.remove(known.keySet().stream().filter(id -> !id.equals(PROTOCOL)).findFirst()
                    .orElseThrow());
        }
        out.writeShort(known.size());
        for (Map.Entry<UUID, NodeStatus.PeerReport> each : known.entrySet()) {
            write(out, each.getKey());
            out.writeLong(each.getValue().silentMs());
            out.writeLong(each.getValue().log());
        }
    }

    private static NodeStatus status(DataInputStream in) throws IOException {
        long boot = in.readLong();
        NodeMode mode = NodeMode.values()[in.readUnsignedByte()];
        int whole = in.readUnsignedByte();
        long[] numbers = {in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readLong()};
        byte[] digests = in.readNBytes(2 * ROOT_BYTES);
        Optional<Coverage> covered = Coverage.decode(in.readNBytes(in.readUnsignedShort()));
        Map<UUID, NodeStatus.PeerReport> known = new TreeMap<>();
        int count = in.readUnsignedShort();
        for (int i = 0; i < count && count <= KNOWN_MAX; i++) {
            known.put(id(in), new NodeStatus.PeerReport(in.readLong(), in.readLong()));
        }
        if (whole > 1 || covered.isEmpty() || digests.length < 2 * ROOT_BYTES || known.size() != count) {
            throw new IllegalArgumentException("no vital");
        }
        var both = new NodeStatus.Digests(Arrays.copyOf(digests, ROOT_BYTES),
                Arrays.copyOfRange(digests, ROOT_BYTES, 2 * ROOT_BYTES));
        Optional<NodeStatus.PeerReport> reported = Optional.ofNullable(known.remove(PROTOCOL));
        int protocol = reported.map(NodeStatus.PeerReport::log)
                .filter(number -> number > ProtocolGate.FIRST && number <= Integer.MAX_VALUE)
                .orElse(1L).intValue();
        return new NodeStatus(boot, mode, whole == 1, numbers[0], numbers[1], numbers[2], numbers[3],
                numbers[4], covered.get(), both, known, new NodeStatus.Extensions(protocol, Map.of()));
    }

    private static void write(DataOutputStream out, UUID id) throws IOException {
        out.writeLong(id.getMostSignificantBits());
        out.writeLong(id.getLeastSignificantBits());
    }

    private static UUID id(DataInputStream in) throws IOException {
        return new UUID(in.readLong(), in.readLong());
    }

    private static void write(DataOutputStream out, Member member) throws IOException {
        out.writeUTF(member.id());
        out.writeUTF(member.address());
        write(out, member.origin());
        out.writeLong(member.joined());
        out.writeLong(member.incarnation());
        out.writeByte(member.left() ? 1 : 0);
    }

    private static Member member(DataInputStream in) throws IOException {
        String id = in.readUTF();
        String address = in.readUTF();
        UUID origin = id(in);
        long joined = in.readLong();
        long incarnation = in.readLong();
        int left = in.readUnsignedByte();
        if (left > 1) {
            throw new IllegalArgumentException("no member");
        }
        return new Member(id, address, origin, joined, incarnation, left == 1);
    }
}
