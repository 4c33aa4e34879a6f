package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import kvs.model.Coverage;
import kvs.model.Member;
import kvs.model.NodeMode;
import kvs.model.ProtocolGate;
import kvs.sim.SimDice;
import org.junit.jupiter.api.Test;

class GossipMessageTest {

    private static Member member(String id) {
        return new Member(id, id + ".example:8080", new UUID(1, id.hashCode()), 17, 18, id.equals("c"));
    }

    private static GossipMessage greeting(List<Member> others) {
        byte[] root = new byte[32];
        Arrays.fill(root, (byte) 7);
        return new GossipMessage(member("a"), new NodeStatus(9, NodeMode.READ_ONLY, true, 1, 2, 3, 4, 5,
                Coverage.NONE.with(new UUID(3, 4), 5), new NodeStatus.Digests(root, new byte[32]),
                Map.of(new UUID(5, 6), new NodeStatus.PeerReport(7, 8))), others);
    }

    @Test
    void saysWhatItWasTold() {
        GossipMessage sent = greeting(List.of(member("b"), member("c")));
        GossipMessage got = GossipMessage.decode(sent.encode()).orElseThrow();
        assertEquals(sent.self(), got.self());
        assertEquals(sent.others(), got.others());
        assertEquals(NodeMode.READ_ONLY, got.status().mode());
        assertArrayEquals(sent.status().root(), got.status().root());
        assertArrayEquals(sent.encode(), got.encode());
    }

    private static Member named(String id, String address, long joined, long incarnation, boolean left) {
        return new Member(id, address, new UUID(1, 9), joined, incarnation, left);
    }

    /**
     * Made by hand, with the secret: each of these once made the list wrong for ever, or sent requests to
     * another path.
     */
    private static final List<Member> IMPOSSIBLE = List.of(named("a", "127.0.0.1:80/a?b=", 1, 1, false),
            named("a", "u@h:80", 1, 1, false), named("a", "h:80#", 1, 1, false), named("a", "h", 1, 1, false),
            named("a", "h:0", 1, 1, false), named("a", "h:99999", 1, 1, false), named("a", "", 1, 1, false),
            named("a", "h\r\nx: y:80", 1, 1, false), named("", "h:80", 1, 1, false),
            named("a\u001b[2J", "h:80", 1, 1, false), named("a/b", "h:80", 1, 1, false),
            named("a".repeat(65), "h:80", 1, 1, false), named("a", "h:80", -1, 1, false),
            named("a", "h:80", 1, Long.MAX_VALUE, false), named("a", "h:80", 1, -1, false),
            named("a", "h:80", 1, Member.INCARNATION_MAX, true),
            new Member("a", "h:80", new UUID(0, 0), 1, 1, false));

    @Test
    void membersThatCannotBeAreNotHeardAndNotRepeated() {
        GossipMessage good = greeting(List.of(member("b")));
        for (Member odd : IMPOSSIBLE) {
            assertEquals(Optional.empty(),
                    GossipMessage.decode(new GossipMessage(odd, good.status(), good.others()).encode()),
                    odd.toString());
            byte[] told = new GossipMessage(good.self(), good.status(), List.of(odd, member("b"))).encode();
            assertEquals(List.of(member("b")), GossipMessage.decode(told).orElseThrow().others(),
                    odd.toString());
        }
        for (String address : List.of("[::1]:80", "kvs-1.lan:8080", "10.0.0.1:1", "a_b:65535")) {
            Member member = named("A.b_c-1", address, 0, Member.INCARNATION_MAX, false);
            assertTrue(GossipMessage.decode(new GossipMessage(member, good.status(), good.others()).encode())
                    .isPresent(), address);
        }
    }

    private static NodeStatus vital(long boot, long wallMs, long windowMs, long... counts) {
        return new NodeStatus(boot, NodeMode.NORMAL, true, wallMs, windowMs, counts[0], counts[1], counts[2],
                Coverage.NONE, new NodeStatus.Digests(new byte[32], new byte[32]),
                Map.of(new UUID(5, 6), new NodeStatus.PeerReport(counts[3], counts[4])));
    }

    @Test
    void numbersThatCannotBeAreNotHeard() {
        assertTrue(GossipMessage.decode(new GossipMessage(member("a"), vital(1, 1, 1, 1, 1, 1, 1, 1),
                List.of()).encode()).isPresent());
        for (NodeStatus odd : List.of(vital(-1, 1, 1, 1, 1, 1, 1, 1), vital(1L << 32, 1, 1, 1, 1, 1, 1, 1),
                vital(1, -1, 1, 1, 1, 1, 1, 1), vital(1, Long.MAX_VALUE, 1, 1, 1, 1, 1, 1),
                vital(1, 1, -1, 1, 1, 1, 1, 1), vital(1, 1, Long.MAX_VALUE, 1, 1, 1, 1, 1),
                vital(1, 1, 1, -1, 1, 1, 1, 1), vital(1, 1, 1, 1, -1, 1, 1, 1),
                vital(1, 1, 1, 1, 1, -1, 1, 1), vital(1, 1, 1, 1, 1, 1, -1, 1),
                vital(1, 1, 1, 1, 1, 1, 1, -1))) {
            assertEquals(Optional.empty(),
                    GossipMessage.decode(new GossipMessage(member("a"), odd, List.of()).encode()),
                    odd.toString());
        }
    }

    @Test
    void nothingIsCutOffOrAdded() {
        byte[] whole = greeting(List.of(member("b"))).encode();
        for (int length = 0; length < whole.length; length++) {
            assertEquals(Optional.empty(), GossipMessage.decode(Arrays.copyOf(whole, length)),
                    length + " bytes");
        }
        assertEquals(Optional.empty(), GossipMessage.decode(Arrays.copyOf(whole, whole.length + 1)));
    }

    /**
     * The first release refuses what follows the others, and takes the place of the protocol for somebody
     * whom it does not wait for.
     */
    @Test
    void fieldsGoToThoseWhoReadThem() {
        GossipMessage plain = greeting(List.of(member("b")));
        NodeStatus told = plain.status().with(Map.of(1, new byte[] {1, 2}, 200, new byte[0],
                7, new byte[GossipMessage.FIELDS_BYTES_MAX]));
        GossipMessage sent = new GossipMessage(plain.self(), told, plain.others());
        assertArrayEquals(plain.encode(), sent.encode(ProtocolGate.FIRST));
        assertEquals(ProtocolGate.PRESENT,
                GossipMessage.decode(plain.encode()).orElseThrow().status().protocol());
        NodeStatus got = GossipMessage.decode(sent.encode(ProtocolGate.PRESENT)).orElseThrow().status();
        assertArrayEquals(new byte[] {1, 2}, got.field(1).orElseThrow());
        assertArrayEquals(new byte[0], got.field(200).orElseThrow());
        assertEquals(Optional.empty(), got.field(7), "what is too long is not sent");
        assertEquals(plain.status().known(), got.known());
        GossipMessage first = new GossipMessage(plain.self(), told.with(NodeStatus.Extensions.NOTHING),
                plain.others());
        assertEquals(ProtocolGate.FIRST, GossipMessage.decode(first.encode(ProtocolGate.PRESENT))
                .orElseThrow().status().protocol());
        byte[] whole = sent.encode(ProtocolGate.PRESENT);
        for (int length = sent.encode().length + 1; length < whole.length; length++) {
            assertEquals(Optional.empty(), GossipMessage.decode(Arrays.copyOf(whole, length)),
                    length + " bytes");
        }
        assertEquals(Optional.empty(), GossipMessage.decode(Arrays.copyOf(whole, whole.length + 1)));
    }

    @Test
    void garbageIsAValueToo() {
        SimDice dice = new SimDice(1);
        GossipMessage sent = greeting(List.of(member("b")));
        byte[] whole = new GossipMessage(sent.self(), sent.status().with(Map.of(1, new byte[9])),
                sent.others()).encode(ProtocolGate.PRESENT);
        for (int round = 0; round < 20_000; round++) {
            byte[] changed = whole.clone();
            for (int i = 0; i < 3; i++) {
                changed[dice.below(changed.length)] = (byte) dice.bits();
            }
            GossipMessage.decode(changed);
        }
    }

    @Test
    void thereIsRoomForSoManyOthers() {
        List<Member> many = new ArrayList<>();
        for (int i = 0; i <= GossipMessage.OTHERS_MAX; i++) {
            many.add(member("m" + i));
        }
        assertEquals(Optional.empty(), GossipMessage.decode(greeting(many).encode()));
        byte[] largest = greeting(many.subList(1, many.size())).encode();
        assertTrue(GossipMessage.decode(largest).isPresent() && largest.length < GossipMessage.BYTES_MAX,
                largest.length + " bytes");
    }
}
