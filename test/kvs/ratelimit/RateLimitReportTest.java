package kvs.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import kvs.sim.SimClock;
import kvs.world.Logger;
import org.junit.jupiter.api.Test;

class RateLimitReportTest {

    private static final long HOUR_MS = 3_600_000;

    private final SimClock clock = new SimClock();
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final RateLimitReport clients = new RateLimitReport(clock,
            new Logger(new PrintStream(log, true, StandardCharsets.UTF_8), Logger.Level.INFO, clock));
    private final RateLimiter limit = new RateLimiter(clock, 100, 60_000);

    private long lines() {
        return log.toString(StandardCharsets.UTF_8).lines().count();
    }

    @Test
    void aClientHasOneLineAnHour() {
        for (int i = 0; i < 100; i++) {
            clients.refused("10.0.0.1", limit);
            clients.refused("10.0.0.2", limit);
            clock.advance(1_000);
        }
        assertEquals(2, lines());
        assertTrue(clients.problems().get(0).detail().startsWith("requests of 2 clients are refused with 429:"
                + " more than 100 requests in 60 s"), clients.problems().toString());
        clock.advance(HOUR_MS);
        clients.refused("10.0.0.1", limit);
        assertEquals(3, lines());
    }

    /** A flood of addresses neither fills the memory nor the log. */
    @Test
    void isBounded() {
        for (int i = 0; i < 10 * RateLimitReport.CLIENTS_MAX; i++) {
            clients.refused("client " + i, limit);
        }
        assertEquals(RateLimitReport.CLIENTS_MAX, lines());
        assertTrue(clients.problems().get(0).detail().contains(RateLimitReport.CLIENTS_MAX + " clients"),
                clients.problems().toString());
        clock.advance(HOUR_MS);
        assertEquals(0, clients.problems().size());
        clients.refused("another", limit);
        assertEquals(RateLimitReport.CLIENTS_MAX + 1, lines());
    }
}
