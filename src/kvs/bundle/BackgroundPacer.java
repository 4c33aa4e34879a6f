package kvs.bundle;

import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import kvs.world.Clock;

/**
 * The pace of long work in the background: it is done in short pieces, and rests between them while clients
 * are served, so that none of their requests waits long for a processor or for the writer. For one thread.
 */
public final class BackgroundPacer {

    /** The shortest time of work after which there is a rest: a thread cannot rest for much less. */
    private static final long WORK_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(1);
    /** The longest rest: a piece that waited for a slow disk or a slow reader took no processor. */
    private static final long REST_MS_MAX = 20;
    private static final long RESTS_A_WORK = 2;

    private final Clock clock;
    private final LongSupplier requests;
    private final LongConsumer pause;
    private long begunNanos;
    private long requestsThen;

    /**
     * A pace that begins now.
     *
     * @param requests the number of requests that the node has served
     * @param pause waits for so many ms
     */
    public BackgroundPacer(Clock clock, LongSupplier requests, LongConsumer pause) {
        this.clock = clock;
        this.requests = requests;
        this.pause = pause;
        begin();
    }

    /** The pace of work beside which nobody is served. */
    public static BackgroundPacer alone() {
        return new BackgroundPacer(Clock.REAL, () -> 0, ms -> { });
    }

    private void begin() {
        begunNanos = clock.nanos();
        requestsThen = requests.getAsLong();
    }

    /** Ends a piece of the work: rests if need be. */
    public void pieceDone() {
        long workedNanos = clock.nanos() - begunNanos;
        if (workedNanos >= WORK_NANOS_MIN) {
            long restMs = restMs(workedNanos, requests.getAsLong() - requestsThen);
            if (restMs > 0) {
                pause.accept(restMs);
            }
            begin();
        }
    }

    /**
     * The rest after a piece of work, ms: twice its time, but at most one for each request that was served
     * meanwhile. So who works alone, or is only asked how far it is, is hardly delayed.
     */
    static long restMs(long workedNanos, long requests) {
        long wanted = RESTS_A_WORK * TimeUnit.NANOSECONDS.toMillis(workedNanos);
        return Math.min(Math.min(wanted, REST_MS_MAX), requests);
    }
}
