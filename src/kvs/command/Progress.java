package kvs.command;

import java.util.Locale;

/**
 * A line on a terminal with the progress of whatever takes over a second: how far, how fast, and the time
 * that is left. Elsewhere, and with {@code --quiet}, nothing. One thread.
 */
public final class Progress implements AutoCloseable {

    private static final long PERIOD_NANOS = 200_000_000;
    private static final long QUIET_NANOS = 1_000_000_000;
    private static final int WIDTH = 78;
    private static final double NANOS = 1e9;
    private static final int PERCENT = 100;
    private static final long MS = 1_000;

    private final Invocation invocation;
    private final String unit;
    private final boolean shown;
    private final long began;
    private long drawn;
    private boolean visible;

    /** A line about numbers of {@code unit}, such as {@code keys}; bytes are shown in readable form. */
    public Progress(Invocation invocation, String unit, boolean quiet) {
        this.invocation = invocation;
        this.unit = unit;
        this.shown = !quiet && invocation.isWatched();
        this.began = invocation.clock().nanos();
        this.drawn = began + QUIET_NANOS - PERIOD_NANOS;
    }

    /** Whether anybody sees the line. */
    public boolean isShown() {
        return shown;
    }

    /** Shows that {@code done} of {@code total} are done; a total of 0 is unknown. */
    public void show(long done, long total) {
        long now = invocation.clock().nanos();
        if (!shown || now - drawn < PERIOD_NANOS) {
            return;
        }
        drawn = now;
        visible = true;
        String line = text(done, total, (now - began) / NANOS);
        invocation.err().print("\r" + line + " ".repeat(Math.max(0, WIDTH - line.length())));
        invocation.err().flush();
    }

    private String text(long done, long total, double seconds) {
        double rate = seconds > 0 ? done / seconds : 0;
        StringBuilder line = new StringBuilder(amount(done));
        if (total > 0) {
            line.append(" of ").append(amount(total)).append(String.format(Locale.ROOT, " (%d %%)",
                    Math.min(PERCENT, PERCENT * done / total)));
        }
        line.append(", ").append(amount(Math.round(rate))).append("/s");
        if (total > done && rate > 0) {
            line.append(", ").append(HumanReadable.age(Math.round((total - done) / rate) * MS))
                    .append(" left");
        }
        return line.toString();
    }

    private String amount(long number) {
        return unit.equals("bytes") ? HumanReadable.bytes(number)
                : String.format(Locale.ROOT, "%,d", number).replace(',', ' ') + " " + unit;
    }

    /** Removes the line. */
    public void clear() {
        if (visible) {
            invocation.err().print("\r" + " ".repeat(WIDTH) + "\r");
            invocation.err().flush();
            visible = false;
        }
    }

    /** Removes the line at the end of the work, done or failed. */
    @Override
    public void close() {
        clear();
    }
}
