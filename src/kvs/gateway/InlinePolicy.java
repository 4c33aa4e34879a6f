package kvs.gateway;

import java.util.List;
import java.util.concurrent.TimeUnit;
import kvs.http.RequestHead;
import kvs.http.RequestHeaders;
import kvs.world.Clock;

/**
 * Which requests may run on a loop, where they keep all connections of that loop waiting: reads of one document and of the health, which take
 * some microseconds, and writes of one small document, which end at the queue of the writer. A read may still have to wait for the disk, when
 * the page is not in the memory of the operating system; so when what runs here takes {@value #SLOW_MICROS} µs on the average, nothing does for a
 * second. Of a write whose body comes later only the way up to there is measured: what follows never waits for the disk. Thread-safe.
 */
final class InlinePolicy {

    /** Letters, a slash or an underscore: nobody has to encode these. */
    private static final List<String> ENCODED = List.of("%2F", "%2f", "%4", "%5", "%6", "%7");
    private static final int BODY_BYTES = 16 * 1_024;
    private static final long SLOW_MICROS = 1_000;
    /** An average over about so many requests: a thread that was not scheduled once is no slow disk. */
    private static final int WEIGHT = 64;
    private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Far below the bound, as almost everything is. That is not noted: loops that write one field after each request slow each other. */
    private static final long QUICK_NANOS = TimeUnit.MICROSECONDS.toNanos(SLOW_MICROS / 16);

    private final Clock clock;
    /** Loops write these without a lock: a figure that is lost between two of them does not matter. */
    private volatile long averageNanos;
    /** Whether it ever rested: most nodes never do, and need no clock to know that they do not. */
    private volatile boolean rested;
    private volatile long restUntil;

    InlinePolicy(Clock clock) {
        this.clock = clock;
    }

    /** Whether a request may run on a loop now. */
    boolean is(RequestHead head) {
        return small(head) && !(rested && clock.nanos() - restUntil < 0);
    }

    /** Runs one there. */
    void run(Runnable work) {
        long began = clock.nanos();
        work.run();
        long ended = clock.nanos();
        if (ended - began < QUICK_NANOS && averageNanos < QUICK_NANOS) {
            return;
        }
        long average = averageNanos + (ended - began - averageNanos) / WEIGHT;
        averageNanos = average;
        if (average > TimeUnit.MICROSECONDS.toNanos(SLOW_MICROS)) {
            averageNanos = 0;
            restUntil = ended + REST_NANOS;
            rested = true;
        }
    }

    /** Whether it is short by its looks. */
    static boolean small(RequestHead head) {
        String target = head.target();
        return !RequestValidation.chunked(head.headers()) && switch (head.method()) {
            case "GET", "HEAD" -> target.equals("/health") || document(target);
            case "PUT" -> document(target) && length(head.headers()) <= BODY_BYTES;
            case "DELETE" -> document(target) && length(head.headers()) == 0;
            default -> false;
        };
    }

    /**
     * A key, without parameters, and neither metadata nor one of the words that begin with {@code _}, nor something that is one of these when it is
     * decoded.
     */
    private static boolean document(String target) {
        return target.startsWith("/kv/") && !target.startsWith("/kv/_") && !target.endsWith("/") && !target.endsWith("/metadata")
                && target.indexOf('?') < 0 && (target.indexOf('%') < 0 || ENCODED.stream().noneMatch(target::contains));
    }

    /** A length that the guard refuses is none. */
    private static long length(RequestHeaders headers) {
        return RequestValidation.digits(headers.get("Content-Length").orElse("0")) ? RequestValidation.length(headers) : 0;
    }
}
