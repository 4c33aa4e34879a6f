package kvs.cluster;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import kvs.world.Clock;

/**
 * The progress of a follower in the feed of its member, and the time of the next poll. At most one poll is
 * under way. Versions that could not be taken are requested again, and the cursor stays before them. Guarded
 * by the lock of its {@link FollowerSchedule}.
 *
 * <pre>
 *               begin                    page not taken
 *   READY ─────────────────▶ POLLING ──────────────────────▶ STUCK ◀──┐
 *     ▲  ◀──────────────────────┘                              │      │ page not taken, or none
 *     │    page taken, or none                           begin ▼      │
 *     └──────────────────────────────────────────────────── RETRYING ─┘
 *                             page taken
 * </pre>
 */
final class FeedCursor {

    /** Time after which versions of the feed that could not be taken are requested again. */
    private static final long EARLY_MS = 5_000;
    private static final long RETRY_MS = 1_000;

    private final Clock clock;
    private State state = State.READY;
    private long cursor;
    /**
     * The number up to which all of the member's own writes are here; between this and the cursor, versions
     * that the feed skipped may be missing.
     */
    private long held;
    /** The time of the next poll. */
    private long nextNanos;
    private boolean behind = true;
    private long caughtUpNanos;

    /** The state of the polls. */
    private enum State {
        /** The last page was taken completely. */
        READY,
        POLLING,
        /** The last page could not be taken completely: later versions come by comparison alone. */
        STUCK,
        /** A poll is under way, and the last page could not be taken completely. */
        RETRYING;

        boolean isStuck() {
            return this == STUCK || this == RETRYING;
        }

        boolean isPolling() {
            return this == POLLING || this == RETRYING;
        }
    }

    /** A cursor after that number. */
    FeedCursor(Clock clock, long cursor) {
        this.clock = clock;
        this.cursor = cursor;
        this.held = cursor;
        this.nextNanos = clock.nanos();
        this.caughtUpNanos = nextNanos;
    }

    /** Continues after a comparison with the member, whose last own write had the number {@code head}. */
    void place(long head, long log) {
        held = head;
        cursor = log;
    }

    /** The number to poll after, if a poll is due; it counts as begun. */
    OptionalLong begin() {
        if (state.isPolling() || clock.nanos() - nextNanos < 0) {
            return OptionalLong.empty();
        }
        state = state.isStuck() ? State.RETRYING : State.POLLING;
        return OptionalLong.of(cursor);
    }

    /** Ends a poll with a page; {@code whole}: all of it was taken. */
    void end(boolean whole, long mark, long all) {
        state = whole ? State.READY : State.STUCK;
        cursor = whole ? mark : cursor;
        held = whole ? all : held;
        nextNanos = later(whole ? 0 : EARLY_MS);
    }

    /** Ends a poll without a page. */
    void lose() {
        state = state.isStuck() ? State.STUCK : State.READY;
        nextNanos = later(RETRY_MS);
    }

    /** Records the number of the member's last own write; {@code known}: the cursor is one of its numbers. */
    void look(long head, boolean known) {
        behind = !known || held < head;
        caughtUpNanos = behind ? caughtUpNanos : clock.nanos();
    }

    /** The number up to which all of the member's own writes are here. */
    long held() {
        return held;
    }

    /** Whether the last page could not be taken completely. */
    boolean isStuck() {
        return state.isStuck();
    }

    /** The time for which writes of the member may be missing here, ms. */
    long lagMs() {
        return behind ? TimeUnit.NANOSECONDS.toMillis(clock.nanos() - caughtUpNanos) : 0;
    }

    private long later(long ms) {
        return clock.nanos() + TimeUnit.MILLISECONDS.toNanos(ms);
    }
}
