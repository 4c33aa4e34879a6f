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
import kvs.model.Mode;
import kvs.model.Protocol;
import kvs.sim.SimDice;
import org.junit.jupiter.api.Test;

class GreetingTest {

    private static Member member(String id) {
        return new Member(id, id + ".example:8080", new UUID(1, id.hashCode()), 17, 18, id.equals("c"));
    }

    private static Greeting greeting(List<Member> others) {
        byte[] root = new byte[32];
        Arrays.fill(root, (byte) 7);
        return new Greeting(member("a"), new Vital(9, Mode.READ_ONLY, true, 1, 2, 3, 4, 5,
                Coverage.NONE.with(new UUID(3, 4), 5), new Vital.Digests(root, new byte[32]), Map.of(new UUID(5, 6), new Vital.Known(7, 8))), others);
    }

    @Test
    void saysWhatItWasTold() {
        Greeting sent = greeting(List.of(member("b"), member("c")));
        Greeting got = Greeting.decode(sent.encode()).orElseThrow();
        assertEquals(sent.self(), got.self());
        assertEquals(sent.others(), got.others());
        assertEquals(Mode.READ_ONLY, got.vital().mode());
        assertArrayEquals(sent.vital().root(), got.vital().root());
        assertArrayEquals(sent.encode(), got.encode());
    }

    private static Member named(String id, String address, long joined, long incarnation, boolean left) {
        return new Member(id, address, new UUID(1, 9), joined, incarnation, left);
    }

    /** Made by hand, with the secret: each of these once made the list wrong for ever, or sent requests to another path. */
    private static final List<Member> IMPOSSIBLE = List.of(named("a", "127.0.0.1:80/a?b=", 1, 1, false), named("a", "u@h:80", 1, 1, false),
            named("a", "h:80#", 1, 1, false), named("a", "h", 1, 1, false), named("a", "h:0", 1, 1, false), named("a", "h:99999", 1, 1, false),
            named("a", "", 1, 1, false), named("a", "h\r\nx: y:80", 1, 1, false), named("", "h:80", 1, 1, false),
            named("a\u001b[2J", "h:80", 1, 1, false), named("a/b", "h:80", 1, 1, false), named("a".repeat(65), "h:80", 1, 1, false),
            named("a", "h:80", -1, 1, false), named("a", "h:80", 1, Long.MAX_VALUE, false), named("a", "h:80", 1, -1, false),
            named("a", "h:80", 1, Member.INCARNATION_MAX, true), new Member("a", "h:80", new UUID(0, 0), 1, 1, false));

    @Test
    void membersThatCannotBeAreNotHeardAndNotRepeated() {
        Greeting good = greeting(List.of(member("b")));
        for (Member odd : IMPOSSIBLE) {
            assertEquals(Optional.empty(), Greeting.decode(new Greeting(odd, good.vital(), good.others()).encode()), odd.toString());
            byte[] told = new Greeting(good.self(), good.vital(), List.of(odd, member("b"))).encode();
            assertEquals(List.of(member("b")), Greeting.decode(told).orElseThrow().others(), odd.toString());
        }
        for (String address : List.of("[::1]:80", "kvs-1.lan:8080", "10.0.0.1:1", "a_b:65535")) {
            Member member = named("A.b_c-1", address, 0, Member.INCARNATION_MAX, false);
            assertTrue(Greeting.decode(new Greeting(member, good.vital(), good.others()).encode()).isPresent(), address);
        }
    }

    private static Vital vital(long boot, long wallMs, long windowMs, long... counts) {
        return new Vital(boot, Mode.NORMAL, true, wallMs, windowMs, counts[0], counts[1], counts[2], Coverage.NONE,
                new Vital.Digests(new byte[32], new byte[32]), Map.of(new UUID(5, 6), new Vital.Known(counts[3], counts[4])));
    }

    @Test
    void numbersThatCannotBeAreNotHeard() {
        assertTrue(Greeting.decode(new Greeting(member("a"), vital(1, 1, 1, 1, 1, 1, 1, 1), List.of()).encode()).isPresent());
        for (Vital odd : List.of(vital(-1, 1, 1, 1, 1, 1, 1, 1), vital(1L << 32, 1, 1, 1, 1, 1, 1, 1), vital(1, -1, 1, 1, 1, 1, 1, 1),
                vital(1, Long.MAX_VALUE, 1, 1, 1, 1, 1, 1), vital(1, 1, -1, 1, 1, 1, 1, 1), vital(1, 1, Long.MAX_VALUE, 1, 1, 1, 1, 1),
                vital(1, 1, 1, -1, 1, 1, 1, 1), vital(1, 1, 1, 1, -1, 1, 1, 1), vital(1, 1, 1, 1, 1, -1, 1, 1), vital(1, 1, 1, 1, 1, 1, -1, 1),
                vital(1, 1, 1, 1, 1, 1, 1, -1))) {
            assertEquals(Optional.empty(), Greeting.decode(new Greeting(member("a"), odd, List.of()).encode()), odd.toString());
        }
    }

    @Test
    void nothingIsCutOffOrAdded() {
        byte[] whole = greeting(List.of(member("b"))).encode();
        for (int length = 0; length < whole.length; length++) {
            assertEquals(Optional.empty(), Greeting.decode(Arrays.copyOf(whole, length)), length + " bytes");
        }
        assertEquals(Optional.empty(), Greeting.decode(Arrays.copyOf(whole, whole.length + 1)));
    }

    /** The first release refuses what follows the others, and takes the place of the protocol for somebody whom it does not wait for. */
    @Test
    void fieldsGoToThoseWhoReadThem() {
        Greeting plain = greeting(List.of(member("b")));
        Vital told = plain.vital().with(Map.of(1, new byte[] {1, 2}, 200, new byte[0], 7, new byte[Greeting.FIELDS_BYTES_MAX]));
        Greeting sent = new Greeting(plain.self(), told, plain.others());
        assertArrayEquals(plain.encode(), sent.encode(Protocol.FIRST));
        assertEquals(Protocol.PRESENT, Greeting.decode(plain.encode()).orElseThrow().vital().protocol());
        Vital got = Greeting.decode(sent.encode(Protocol.PRESENT)).orElseThrow().vital();
        assertArrayEquals(new byte[] {1, 2}, got.field(1).orElseThrow());
        assertArrayEquals(new byte[0], got.field(200).orElseThrow());
        assertEquals(Optional.empty(), got.field(7), "what is too long is not sent");
        assertEquals(plain.vital().known(), got.known());
        Greeting first = new Greeting(plain.self(), told.with(Vital.More.NOTHING), plain.others());
        assertEquals(Protocol.FIRST, Greeting.decode(first.encode(Protocol.PRESENT)).orElseThrow().vital().protocol());
        byte[] whole = sent.encode(Protocol.PRESENT);
        for (int length = sent.encode().length + 1; length < whole.length; length++) {
            assertEquals(Optional.empty(), Greeting.decode(Arrays.copyOf(whole, length)), length + " bytes");
        }
        assertEquals(Optional.empty(), Greeting.decode(Arrays.copyOf(whole, whole.length + 1)));
    }

    @Test
    void garbageIsAValueToo() {
        SimDice dice = new SimDice(1);
        Greeting sent = greeting(List.of(member("b")));
        byte[] whole = new Greeting(sent.self(), sent.vital().with(Map.of(1, new byte[9])), sent.others()).encode(Protocol.PRESENT);
        for (int round = 0; round < 20_000; round++) {
            byte[] changed = whole.clone();
            for (int i = 0; i < 3; i++) {
                changed[dice.below(changed.length)] = (byte) dice.bits();
            }
            Greeting.decode(changed);
        }
    }

    @Test
    void thereIsRoomForSoManyOthers() {
        List<Member> many = new ArrayList<>();
        for (int i = 0; i <= Greeting.OTHERS_MAX; i++) {
            many.add(member("m" + i));
        }
        assertEquals(Optional.empty(), Greeting.decode(greeting(many).encode()));
        byte[] largest = greeting(many.subList(1, many.size())).encode();
        assertTrue(Greeting.decode(largest).isPresent() && largest.length < Greeting.BYTES_MAX, largest.length + " bytes");
    }
}
