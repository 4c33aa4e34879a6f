package kvs.backup;

import java.time.ZoneId;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import kvs.world.Clock;

/** The schedule of backups: the next due time, and the retry of a backup that failed. One thread. */
final class BackupSchedule {

    /** The wait before a failed backup is retried once; after that the next due time counts. */
    private static final long RETRY_MS = TimeUnit.MINUTES.toMillis(10);

    private final Optional<Cron> cron;
    private final ZoneId zone;
    private final Clock clock;
    /** The time after which the next due time is computed, Unix ms. */
    private long fromMs;
    /** The next due time after a time: it is computed once, and asked for some times a second. */
    private OptionalLong dueMs = OptionalLong.empty();
    private OptionalLong retryMs = OptionalLong.empty();

    /** A schedule whose first due time is after {@code beganMs}; without {@code cron} nothing is ever due. */
    BackupSchedule(Optional<Cron> cron, ZoneId zone, Clock clock, long beganMs) {
        this.cron = cron;
        this.zone = zone;
        this.clock = clock;
        this.fromMs = beganMs;
    }

    /** Whether there are due times. */
    boolean exists() {
        return cron.isPresent();
    }

    /** Notes the time of a backup that was found, Unix ms. */
    void madeAt(long lastMs) {
        from(Math.max(fromMs, lastMs));
    }

    /** Notes that a backup has begun. */
    void begun(long now) {
        from(now);
        retryMs = OptionalLong.empty();
    }

    /** Whether a backup is due. */
    boolean due() {
        if (cron.isEmpty()) {
            return false;
        }
        long now = clock.wallMs();
        // The wall may have been set back.
        from(Math.min(fromMs, now));
        if (dueMs.isEmpty()) {
            dueMs = OptionalLong.of(cron.get().next(fromMs, zone));
        }
        return dueMs.getAsLong() <= now || retryMs.stream().anyMatch(retry -> retry <= now);
    }

    private void from(long ms) {
        if (ms != fromMs) {
            fromMs = ms;
            dueMs = OptionalLong.empty();
        }
    }

    /** Notes a failure: the {@code first} one in a row is retried. */
    void failed(boolean first) {
        retryMs = first && cron.isPresent() ? OptionalLong.of(clock.wallMs() + RETRY_MS)
                : OptionalLong.empty();
    }
}
