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
        fromMs = Math.max(fromMs, lastMs);
    }

    /** Notes that a backup has begun. */
    void begun(long now) {
        fromMs = now;
        retryMs = OptionalLong.empty();
    }

    /** Whether a backup is due. */
    boolean due() {
        if (cron.isEmpty()) {
            return false;
        }
        long now = clock.wallMs();
        // The wall may have been set back.
        fromMs = Math.min(fromMs, now);
        return cron.get().next(fromMs, zone) <= now || retryMs.stream().anyMatch(retry -> retry <= now);
    }

    /** Notes a failure: the {@code first} one in a row is retried. */
    void failed(boolean first) {
        retryMs = first && cron.isPresent() ? OptionalLong.of(clock.wallMs() + RETRY_MS)
                : OptionalLong.empty();
    }
}
