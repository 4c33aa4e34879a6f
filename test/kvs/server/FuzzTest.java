package kvs.server;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import kvs.tls.TestCertificate;
import org.junit.jupiter.api.Test;

/**
 * A few seconds of {@code make fuzz}. {@code JAVA_TOOL_OPTIONS=-Dkvs.seed=7 make test TESTS=FuzzTest} replays
 * what failed.
 */
class FuzzTest {

    private static final long MS = 2_500;
    private static final long SEED = Long.getLong("kvs.seed", System.nanoTime() & 0xffff_ffffL);

    @Test
    void readsHeadsAsTheGrammarDoesInEverySplit() {
        System.out.println("info: fuzz, seed " + SEED);
        assertTrue(new Fuzz(SEED).heads(MS) > 100);
    }

    @Test
    void survivesClientsOfEveryKind() {
        System.out.println("info: fuzz, seed " + SEED);
        assertTrue(new Fuzz(SEED).connections(MS, Optional.empty()) > 50);
    }

    @Test
    void survivesClientsOfEveryKindOverTls() {
        System.out.println("info: fuzz, seed " + SEED);
        assertTrue(new Fuzz(SEED).connections(MS, TestCertificate.serves()) > 10);
    }
}
