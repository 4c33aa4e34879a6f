package kvs.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import kvs.sim.SimClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimiterTest {

    private static final long MINUTE_MS = 60_000;
    private final SimClock clock = new SimClock();

    /** The rule, with a window of 100 ns for ten requests: a bucket that is empty again in so many ns. */
    @ParameterizedTest
    @CsvSource({"0, 0, true, 9", "0, 1000, true, 9", "10, 0, true, 8", "89, 0, true, 0", "90, 0, true, 0",
        "91, 0, false, 0", "100, 0, false, 0", "100, 9, false, 0", "100, 10, true, 0", "100, 50, true, 4"})
    void isAPureRule(long full, long now, boolean allowed, int remaining) {
        RateLimiter.Verdict verdict = RateLimiter.judge(full, now, 100, 10);
        assertEquals(allowed, verdict.allowed());
        assertEquals(remaining, verdict.remaining());
        assertEquals(allowed, verdict.retryMs() == 0);
    }

    @Test
    void allowsTheQuotaAtOnceAndAsMuchInEachWindow() {
        RateLimiter limit = new RateLimiter(clock, 10, MINUTE_MS);
        for (int i = 9; i >= 0; i--) {
            assertEquals(new RateLimiter.Verdict(true, i, (10 - i) * 6_000L, 0), limit.count("a"));
        }
        assertEquals(new RateLimiter.Verdict(false, 0, MINUTE_MS, 6_000), limit.count("a"));
        assertTrue(limit.count("b").allowed(), "another client");
        clock.advance(5_999);
        assertFalse(limit.count("a").allowed(), "what was refused is not counted, and no time was added");
        clock.advance(1);
        assertTrue(limit.count("a").allowed());
        assertFalse(limit.count("a").allowed());
        clock.advance(10 * MINUTE_MS);
        int allowed = 0;
        for (int i = 0; i < 20; i++) {
            allowed += limit.count("a").allowed() ? 1 : 0;
        }
        assertEquals(10, allowed, "quiet time is not saved up");
    }

    @Test
    void waitsAsLongAsItIsTold() {
        RateLimiter limit = new RateLimiter(clock, 7, 1_000);
        for (int i = 0; i < 1_000; i++) {
            RateLimiter.Verdict verdict = limit.count("a");
            if (!verdict.allowed()) {
                clock.advance(verdict.retryMs());
                assertTrue(limit.count("a").allowed());
            }
        }
    }

    @Test
    void memoryIsBoundedWhateverTheNumberOfClients() {
        RateLimiter limit = new RateLimiter(clock, 1, MINUTE_MS);
        for (int i = 0; i < 3 * RateLimiter.CLIENTS_MAX; i++) {
            limit.count("client " + i);
        }
        assertEquals(RateLimiter.CLIENTS_MAX, limit.clients());
        assertFalse(limit.count("one more").allowed(), "those beyond share one bucket");
        assertFalse(limit.count("client 0").allowed(), "those before keep theirs");
        clock.advance(MINUTE_MS);
        assertTrue(limit.count("one more").allowed());
        assertTrue(limit.clients() < 10,
                "quiet ones are forgotten when there are too many: " + limit.clients());
    }

    @Test
    void countsEachRequestOnceWhenManyComeTogether() throws InterruptedException {
        RateLimiter limit = new RateLimiter(clock, 1_000, MINUTE_MS);
        AtomicInteger allowed = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            threads.add(new Thread(() -> {
                for (int i = 0; i < 1_000; i++) {
                    allowed.addAndGet(limit.count("a").allowed() ? 1 : 0);
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(1_000, allowed.get());
    }
}
