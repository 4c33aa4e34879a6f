package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.sim.SimClock;
import org.junit.jupiter.api.Test;

class PeerGuardTest {

    private static final byte[] OTHER = "quite another secret of a cluster".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BODY = "hello".getBytes(StandardCharsets.US_ASCII);
    private static final Stamp.Life FROM = new Stamp.Life(new UUID(1, 2), 3);
    private static final Stamp.Life SELF = new Stamp.Life(new UUID(4, 5), 6);
    private static final String METHOD = "POST";
    private static final String TARGET = "/members/join?x=%20";

    private final SimClock clock = new SimClock();
    private final Keyring ring = new Keyring(List.of(SimCluster.SECRET), "kvs");
    private final PeerGuard guard = new PeerGuard(ring, () -> SELF, clock);
    private int count;

    private Stamp stamp(Keyring keys, Stamp.Life to, long time) {
        return Stamp.sign(keys.first(), FROM, to, new Stamp.Fresh(time, String.format("%032x", count++), Stamp.hash(BODY)), new Stamp.Line(METHOD,
                TARGET));
    }

    private Optional<Stamp> known(String header) {
        return guard.known(List.of(header), METHOD, TARGET);
    }

    private PeerGuard.Verdict admit(Stamp stamp) {
        return guard.admit(known(stamp.encode()).orElseThrow(), BODY);
    }

    @Test
    void admitsEachRequestOnce() {
        Stamp good = stamp(ring, SELF, clock.wallMs());
        assertEquals(PeerGuard.Verdict.ADMITTED, admit(good));
        assertEquals(PeerGuard.Verdict.REFUSED, admit(good));
        clock.advance(PeerGuard.WINDOW_MS);
        assertEquals(PeerGuard.Verdict.REFUSED, admit(good));
        clock.advance(PeerGuard.WINDOW_MS + 1);
        assertEquals(PeerGuard.Verdict.MISADDRESSED, admit(good), "too old to be remembered, and too old to be taken");
        assertEquals(PeerGuard.Verdict.ADMITTED, admit(stamp(ring, SELF, clock.wallMs())));
    }

    @Test
    void everyBitOfAStampMatters() {
        String header = stamp(ring, SELF, clock.wallMs()).encode();
        assertTrue(known(header).isPresent());
        byte[] bytes = header.getBytes(StandardCharsets.ISO_8859_1);
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] changed = bytes.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertEquals(Optional.empty(), known(new String(changed, StandardCharsets.ISO_8859_1)), "bit " + bit);
        }
        for (int length = 0; length < header.length(); length++) {
            assertEquals(Optional.empty(), known(header.substring(0, length)));
        }
        assertEquals(Optional.empty(), known(header + " "));
        assertEquals(Optional.empty(), known(header.toUpperCase(java.util.Locale.ROOT)));
    }

    @Test
    void theStampIsForOneLineAndStandsAlone() {
        String header = stamp(ring, SELF, clock.wallMs()).encode();
        assertEquals(Optional.empty(), guard.known(List.of(header), "PUT", TARGET));
        assertEquals(Optional.empty(), guard.known(List.of(header), METHOD, "/members/join?x=+"));
        assertEquals(Optional.empty(), guard.known(List.of(header), METHOD, "/members/gossip"));
        assertEquals(Optional.empty(), guard.known(List.of(header, header), METHOD, TARGET));
        assertEquals(Optional.empty(), guard.known(List.of(), METHOD, TARGET));
    }

    @Test
    void anotherBodyIsRefusedAndDoesNotUseUpTheNonce() {
        Stamp good = stamp(ring, SELF, clock.wallMs());
        assertEquals(PeerGuard.Verdict.REFUSED, guard.admit(good, "hellp".getBytes(StandardCharsets.US_ASCII)));
        assertEquals(PeerGuard.Verdict.ADMITTED, guard.admit(good, BODY));
    }

    @Test
    void whatIsForAnotherRunOrTimeIsToldSo() {
        for (Stamp.Life to : List.of(Stamp.Life.UNKNOWN, new Stamp.Life(SELF.origin(), 5), new Stamp.Life(new UUID(4, 6), 6))) {
            assertEquals(PeerGuard.Verdict.MISADDRESSED, admit(stamp(ring, to, clock.wallMs())));
        }
        for (long off : List.of(-PeerGuard.WINDOW_MS - 1, PeerGuard.WINDOW_MS + 1)) {
            assertEquals(PeerGuard.Verdict.MISADDRESSED, admit(stamp(ring, SELF, clock.wallMs() + off)));
        }
        assertEquals(SELF.origin() + " 6 " + clock.wallMs(), new String(guard.hint(), StandardCharsets.US_ASCII));
    }

    @Test
    void otherSecretsAndOtherNamesAreStrangers() {
        assertEquals(Optional.empty(), known(stamp(new Keyring(List.of(OTHER), "kvs"), SELF, clock.wallMs()).encode()));
        assertEquals(Optional.empty(), known(stamp(new Keyring(List.of(SimCluster.SECRET), "kvs2"), SELF, clock.wallMs()).encode()));
        Keyring both = new Keyring(List.of(OTHER, SimCluster.SECRET), "kvs");
        PeerGuard rotating = new PeerGuard(both, () -> SELF, clock);
        Stamp old = stamp(ring, SELF, clock.wallMs());
        assertTrue(rotating.known(List.of(old.encode()), METHOD, TARGET).isPresent(), "all listed ones are believed");
        assertTrue(old.answeredBy(ring, rotating.sign(old, 200, BODY), 200, BODY), "and answered by the one that they know");
    }

    @Test
    void anAnswerFitsItsRequestOnly() {
        Stamp one = stamp(ring, SELF, clock.wallMs());
        Stamp two = stamp(ring, SELF, clock.wallMs());
        String header = guard.sign(one, 200, BODY);
        assertTrue(one.answeredBy(ring, header, 200, BODY));
        assertFalse(two.answeredBy(ring, header, 200, BODY));
        assertFalse(one.answeredBy(ring, header, 409, BODY));
        assertFalse(one.answeredBy(ring, header, 200, new byte[0]));
        assertFalse(one.answeredBy(ring, "", 200, BODY));
        assertFalse(one.answeredBy(new Keyring(List.of(OTHER), "kvs"), header, 200, BODY));
    }

    @Test
    void whenTooManyComeNewOnesWait() {
        Nonces nonces = new Nonces(clock);
        for (int i = 0; i < Nonces.KEPT_MAX; i++) {
            assertEquals(Nonces.Verdict.FRESH, nonces.take("n" + i));
        }
        assertEquals(Nonces.Verdict.FULL, nonces.take("one more"));
        assertEquals(Nonces.Verdict.SEEN, nonces.take("n0"), "and no old one is forgotten for them");
        clock.advance(120_001);
        assertEquals(Nonces.Verdict.FRESH, nonces.take("one more"));
    }
}
