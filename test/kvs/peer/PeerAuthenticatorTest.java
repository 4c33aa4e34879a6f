package kvs.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.sim.SimClock;
import org.junit.jupiter.api.Test;

class PeerAuthenticatorTest {

    private static final byte[] SECRET = "a secret of the cluster, 32 bytes".getBytes(
            StandardCharsets.US_ASCII);
    private static final byte[] OTHER = "quite another secret of a cluster".getBytes(
            StandardCharsets.US_ASCII);
    private static final byte[] BODY = "hello".getBytes(StandardCharsets.US_ASCII);
    private static final PeerSignature.NodeRun FROM = new PeerSignature.NodeRun(new UUID(1, 2), 3);
    private static final PeerSignature.NodeRun SELF = new PeerSignature.NodeRun(new UUID(4, 5), 6);
    private static final String METHOD = "POST";
    private static final String TARGET = "/members/join?x=%20";

    private final SimClock clock = new SimClock();
    private final Keyring ring = new Keyring(List.of(SECRET), "kvs");
    private final PeerAuthenticator authenticator = new PeerAuthenticator(ring, () -> SELF, clock);
    private int count;

    private PeerSignature stamp(Keyring keys, PeerSignature.NodeRun to, long time) {
        return PeerSignature.sign(keys.first(), FROM, to, new PeerSignature.SignedContent(time, String.format(
                "%032x", count++), PeerSignature.hash(BODY)), new PeerSignature.RequestLine(METHOD, TARGET));
    }

    private Optional<PeerSignature> known(String header) {
        return authenticator.known(List.of(header), METHOD, TARGET);
    }

    private PeerAuthenticator.Verdict admit(PeerSignature signature) {
        return authenticator.admit(known(signature.encode()).orElseThrow(), BODY);
    }

    @Test
    void admitsEachRequestOnce() {
        PeerSignature good = stamp(ring, SELF, clock.wallMs());
        assertEquals(PeerAuthenticator.Verdict.ADMITTED, admit(good));
        assertEquals(PeerAuthenticator.Verdict.REFUSED, admit(good));
        clock.advance(PeerAuthenticator.WINDOW_MS);
        assertEquals(PeerAuthenticator.Verdict.REFUSED, admit(good));
        clock.advance(PeerAuthenticator.WINDOW_MS + 1);
        assertEquals(PeerAuthenticator.Verdict.MISADDRESSED, admit(good),
                "too old to be remembered, and too old to be taken");
        assertEquals(PeerAuthenticator.Verdict.ADMITTED, admit(stamp(ring, SELF, clock.wallMs())));
    }

    @Test
    void everyBitOfAStampMatters() {
        String header = stamp(ring, SELF, clock.wallMs()).encode();
        assertTrue(known(header).isPresent());
        byte[] bytes = header.getBytes(StandardCharsets.ISO_8859_1);
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] changed = bytes.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertEquals(Optional.empty(), known(new String(changed, StandardCharsets.ISO_8859_1)),
                    "bit " + bit);
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
        assertTrue(known(header).isPresent());
        assertEquals(Optional.empty(), authenticator.known(List.of(header), "PUT", TARGET));
        assertEquals(Optional.empty(), authenticator.known(List.of(header), METHOD, "/members/join?x=+"));
        assertEquals(Optional.empty(), authenticator.known(List.of(header), METHOD, "/members/gossip"));
        assertEquals(Optional.empty(), authenticator.known(List.of(header, header), METHOD, TARGET));
        assertEquals(Optional.empty(), authenticator.known(List.of(), METHOD, TARGET));
    }

    @Test
    void anotherBodyIsRefusedAndDoesNotUseUpTheNonce() {
        PeerSignature good = stamp(ring, SELF, clock.wallMs());
        assertEquals(PeerAuthenticator.Verdict.REFUSED,
                authenticator.admit(good, "hellp".getBytes(StandardCharsets.US_ASCII)));
        assertEquals(PeerAuthenticator.Verdict.ADMITTED, authenticator.admit(good, BODY));
    }

    @Test
    void whatIsForAnotherRunOrTimeIsToldSo() {
        for (PeerSignature.NodeRun to : List.of(PeerSignature.NodeRun.UNKNOWN,
                new PeerSignature.NodeRun(SELF.origin(), 5), new PeerSignature.NodeRun(new UUID(4, 6), 6))) {
            assertEquals(PeerAuthenticator.Verdict.MISADDRESSED, admit(stamp(ring, to, clock.wallMs())));
        }
        for (long off : List.of(-PeerAuthenticator.WINDOW_MS - 1, PeerAuthenticator.WINDOW_MS + 1)) {
            assertEquals(PeerAuthenticator.Verdict.MISADDRESSED,
                    admit(stamp(ring, SELF, clock.wallMs() + off)));
        }
        assertEquals(SELF.origin() + " 6 " + clock.wallMs(),
                new String(authenticator.hint(), StandardCharsets.US_ASCII));
    }

    @Test
    void otherSecretsAndOtherNamesAreStrangers() {
        assertEquals(Optional.empty(),
                known(stamp(new Keyring(List.of(OTHER), "kvs"), SELF, clock.wallMs()).encode()));
        assertEquals(Optional.empty(),
                known(stamp(new Keyring(List.of(SECRET), "kvs2"), SELF, clock.wallMs()).encode()));
        Keyring both = new Keyring(List.of(OTHER, SECRET), "kvs");
        PeerAuthenticator rotating = new PeerAuthenticator(both, () -> SELF, clock);
        PeerSignature old = stamp(ring, SELF, clock.wallMs());
        assertTrue(rotating.known(List.of(old.encode()), METHOD, TARGET).isPresent(),
                "all listed ones are believed");
        assertTrue(old.answeredBy(ring, rotating.sign(old, 200, BODY), 200, BODY),
                "and answered by the one that they know");
    }

    @Test
    void anAnswerFitsItsRequestOnly() {
        PeerSignature one = stamp(ring, SELF, clock.wallMs());
        PeerSignature two = stamp(ring, SELF, clock.wallMs());
        String header = authenticator.sign(one, 200, BODY);
        assertTrue(one.answeredBy(ring, header, 200, BODY));
        assertFalse(two.answeredBy(ring, header, 200, BODY));
        assertFalse(one.answeredBy(ring, header, 409, BODY));
        assertFalse(one.answeredBy(ring, header, 200, new byte[0]));
        assertFalse(one.answeredBy(ring, "", 200, BODY));
        assertFalse(one.answeredBy(new Keyring(List.of(OTHER), "kvs"), header, 200, BODY));
    }

    @Test
    void whenTooManyComeNewOnesWait() {
        NonceCache nonces = new NonceCache(clock);
        for (int i = 0; i < NonceCache.KEPT_MAX; i++) {
            assertEquals(NonceCache.Verdict.FRESH, nonces.take("n" + i));
        }
        assertEquals(NonceCache.Verdict.FULL, nonces.take("one more"));
        assertEquals(NonceCache.Verdict.SEEN, nonces.take("n0"), "and no old one is forgotten for them");
        clock.advance(120_001);
        assertEquals(NonceCache.Verdict.FRESH, nonces.take("one more"));
    }
}
