package kvs.gateway;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import kvs.http.RequestHead;
import kvs.http.RequestHeaders;
import kvs.world.Clock;

/**
 * Decides by their heads which requests may run on a loop, where they delay all connections of that loop:
 * reads of one document and of the health without its details, which take some microseconds, and writes of
 * one small document, which end at the queue of the writer. A read may still have to wait for the disk, when
 * the page is not in the memory of the operating system; so when inline requests take {@value #SLOW_MICROS}
 * µs on the average, none runs inline for a second. A slow request counts only if its thread has received
 * bytes from a disk since the slow one before, and never for much: on a busy machine a thread that is not
 * scheduled is slow too.
 * Of a write whose body arrives later only the time up to there is measured: the rest never waits for the
 * disk.
 *
 * <p>Two facts are known only after a look-up: that a document is long, and that the record of a token is not
 * here yet. Then the rest of the request is offloaded. Thread-safe.
 */
final class InlinePolicy {

    /** Percent-encodings of letters, a slash or an underscore: no client has to encode these. */
    private static final List<String> ENCODED = List.of("%2F", "%2f", "%4", "%5", "%6", "%7");
    static final int BODY_BYTES = 16 * 1_024;
    private static final long SLOW_MICROS = 1_000;
    private static final long SLOW_NANOS = TimeUnit.MICROSECONDS.toNanos(SLOW_MICROS);
    /** Number of requests in the average: a thread that was not scheduled once is no slow disk. */
    private static final int WEIGHT = 64;
    /** No request counts for more: some eighteen in a row are a slow disk. */
    private static final long COUNTED_NANOS_MAX = 4 * SLOW_NANOS;
    private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);
    /**
     * Far below the bound, as almost all requests are. These are not counted: loops that write one field
     * after each request slow each other.
     */
    private static final long QUICK_NANOS = SLOW_NANOS / 16;

    private final Clock clock;
    private final DoubleSupplier diskReadBytes;
    /** Loops write these without a lock: an update that is lost between two of them does not matter. */
    private volatile long averageNanos;
    /** Whether it ever rested: most nodes never do, and then need no clock for the check. */
    private volatile boolean rested;
    private volatile long restUntil;
    /**
     * Of each loop, on which alone requests are measured: as many as the setting {@code http_loops} allows.
     */
    private final Map<Thread, Double> lastReadBytes = new ConcurrentHashMap<>();

    /**
     * A policy for the present process.
     *
     * @param diskReadBytes {@link kvs.world.ProcessUsage#diskReadBytesOfThread}; {@code NaN}: unknown
     */
    InlinePolicy(Clock clock, DoubleSupplier diskReadBytes) {
        this.clock = clock;
        this.diskReadBytes = diskReadBytes;
    }

    /** Whether a request may run on a loop now. */
    boolean allows(RequestHead head) {
        return small(head) && !rests();
    }

    /** Whether none runs inline now. */
    boolean rests() {
        return rested && clock.nanos() - restUntil < 0;
    }

    /** Runs a request inline and measures it. */
    void run(Runnable work) {
        long began = clock.nanos();
        work.run();
        measured(began, clock.nanos());
    }

    /** Takes note of an inline request. */
    void measured(long began, long ended) {
        boolean quick = ended - began < QUICK_NANOS && averageNanos < QUICK_NANOS;
        if (quick || ended - began >= SLOW_NANOS && !hasRead()) {
            return;
        }
        long counted = Math.min(ended - began, COUNTED_NANOS_MAX);
        long average = averageNanos + (counted - averageNanos) / WEIGHT;
        averageNanos = average;
        if (average > SLOW_NANOS) {
            averageNanos = 0;
            restUntil = ended + REST_NANOS;
            rested = true;
        }
    }

    /** Whether this thread has received bytes from a disk since the last call, or that is unknown. */
    private boolean hasRead() {
        double bytes = diskReadBytes.getAsDouble();
        Double before = lastReadBytes.put(Thread.currentThread(), bytes);
        return Double.isNaN(bytes) || before == null || bytes != before;
    }

    /** Whether the head promises a short request. */
    static boolean small(RequestHead head) {
        String target = head.target();
        return !RequestValidation.chunked(head.headers()) && switch (head.method()) {
            case "GET", "HEAD" -> target.equals("/health") ? !detailed(head) : document(target);
            case "PUT" -> document(target) && length(head.headers()) <= BODY_BYTES;
            case "DELETE" -> document(target) && length(head.headers()) == 0;
            default -> false;
        };
    }

    /** Whether the health is for somebody who may see its details, of which one is asked of the disk. */
    private static boolean detailed(RequestHead head) {
        return head.local() || head.headers().has("Authorization");
    }

    /**
     * Whether a target is a key, without parameters, and neither metadata nor one of the words that begin
     * with {@code _}, nor one of these when decoded.
     */
    private static boolean document(String target) {
        return target.startsWith("/kv/") && !target.startsWith("/kv/_") && !target.endsWith("/")
                && !target.endsWith("/metadata") && target.indexOf('?') < 0
                && (target.indexOf('%') < 0 || ENCODED.stream().noneMatch(target::contains));
    }

    /** The length of a body; 0 for a length that validation refuses. */
    private static long length(RequestHeaders headers) {
        return RequestValidation.digits(headers.get("Content-Length").orElse("0"))
                ? RequestValidation.length(headers) : 0;
    }
}
