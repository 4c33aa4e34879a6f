package kvs.load;

import java.util.Arrays;
import java.util.Locale;

/** Latencies of a run, each of them kept. For one thread. */
public final class Latencies {

    private static final int FIRST = 1 << 16;
    private static final double NANOS_A_MS = 1e6;

    private long[] nanos = new long[FIRST];
    private int count;
    private boolean sorted;

    void add(long latencyNanos) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = latencyNanos;
        sorted = false;
    }

    /** The latency that this share of all did not exceed, ms; 0 of none. */
    public double percentileMs(double percent) {
        if (count == 0) {
            return 0;
        }
        if (!sorted) {
            Arrays.sort(nanos, 0, count);
            sorted = true;
        }
        return nanos[Math.max(0, (int) Math.ceil(count * percent / 100) - 1)] / NANOS_A_MS;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, most %.2f ms",
                percentileMs(50), percentileMs(99), percentileMs(99.9), percentileMs(100));
    }
}
