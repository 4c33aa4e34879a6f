package kvs.backup;

import java.io.IOException;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import kvs.model.HealthProblem;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.world.Clock;
import kvs.world.Disk;
import kvs.world.EventKind;
import kvs.world.FailureText;
import kvs.world.Logger;
import kvs.world.Task;

/**
 * The task that makes backups, on schedule and on request. One at a time, in small steps, at most half of the
 * time. A backup that was due while the node was down, or that failed, is made up once: the schedule
 * continues from the time of the last backup in the directory.
 *
 * <p>After each backup, older backups of this node are removed once their retention has ended; never the
 * newest, never a file without a name of ours.
 *
 * <p>{@link #make}, {@link #list} and the accessors of the state are thread-safe; the rest belongs to the
 * thread that steps.
 */
public final class BackupScheduler implements Task, AutoCloseable {

    /** The number of bytes written in one step. */
    private static final int STEP_BYTES = 1 << 20;
    private static final long LOOK_MS = 200;
    private static final long DAY_MS = TimeUnit.DAYS.toMillis(1);

    private final Settings settings;
    private final Dependencies dependencies;
    private final BackupDirectory directory;
    private final PendingBackupRequests requests;
    private final BackupSchedule schedule;
    private final LongAdder failures = new LongAdder();
    private volatile Optional<BackupFailure> failure = Optional.empty();
    private volatile long lastBytes;
    private Optional<BackupWriter> backup = Optional.empty();
    private boolean looked;

    /**
     * The settings of backups.
     *
     * @param node node whose backups they are
     * @param schedule due times; empty: on request only
     * @param zone time zone of the schedule
     * @param retentionDays time for which they are kept
     */
    public record Settings(String node, Optional<Cron> schedule, ZoneId zone, long retentionDays) { }

    /** Begins a backup. */
    @FunctionalInterface
    public interface BackupStarter {

        /** A backup into a file of that name. */
        BackupWriter begin(Disk to, String name) throws IOException;
    }

    /**
     * The collaborators of the scheduler.
     *
     * @param beganMs start of the data, Unix ms: without any backup the first one is due after this
     * @param whole whether the node is whole; a backup of a node that is not would be incomplete
     */
    public record Dependencies(BackupDirectory.DirectoryOpener directory, BackupStarter beginning,
            Clock clock, Logger log, long beganMs, BooleanSupplier whole) { }

    /** A scheduler of the backups that {@code dependencies} begin. */
    public BackupScheduler(Settings settings, Dependencies dependencies) {
        this.settings = settings;
        this.dependencies = dependencies;
        this.directory = new BackupDirectory(dependencies.directory, settings.node, dependencies.log);
        this.requests = new PendingBackupRequests(dependencies.clock);
        this.schedule = new BackupSchedule(settings.schedule, settings.zone, dependencies.clock,
                dependencies.beganMs);
    }

    /**
     * Requests a backup that begins after this call; completes when it is done or after {@code waitMs}. While
     * another backup is running, completes at once with the state of that one. Fails with a {@link Refusal}
     * only.
     */
    public CompletableFuture<BackupRequestStatus> make(long waitMs) {
        if (!dependencies.whole.getAsBoolean()) {
            return CompletableFuture.failedFuture(new Refusal(Reason.SYNCING,
                    "this node has not received all data of its cluster, and a backup would lack some:"
                            + " use another node, or try again"));
        }
        return requests.add(waitMs);
    }

    /** The running backup. */
    public Optional<BackupRequestStatus.Running> running() {
        return requests.running();
    }

    /** The backups in the directory, the newest first. */
    public List<BackupDirectory.ListedBackup> list() throws IOException {
        return directory.list();
    }

    /** The reason of the last failure, for administrators; empty once a backup has succeeded. */
    public Optional<String> error() {
        return failure.map(BackupFailure::what);
    }

    /** The problems for an operator; no key is named. */
    public List<HealthProblem> problems() {
        return failure.map(last -> List.of(last.problem())).orElse(List.of());
    }

    /** The time of the last backup, Unix ms, 0 for never. */
    public long lastMs() {
        return directory.lastMs();
    }

    /** The size of the last backup since the start, bytes. */
    public long lastBytes() {
        return lastBytes;
    }

    /** The number of failed backups. */
    public long failures() {
        return failures.sum();
    }

    @Override
    public long step() {
        long before = dependencies.clock.nanos();
        try {
            if (backup.isPresent()) {
                work(backup.get());
            } else {
                begin();
            }
        } catch (IOException e) {
            failed(e);
        } catch (RuntimeException bug) {
            dependencies.log.error("an internal error ended a backup", bug);
            failed(new IOException("by an internal error; the node's log has details", bug));
        }
        requests.expire();
        long took = TimeUnit.NANOSECONDS.toMillis(dependencies.clock.nanos() - before);
        return backup.isPresent() ? took : Math.max(LOOK_MS, took);
    }

    private void begin() throws IOException {
        boolean manual = requests.pending();
        if (!looked && (manual || schedule.exists())) {
            looked = true;
            directory.look();
            schedule.madeAt(directory.lastMs());
        }
        if (!manual && !(schedule.due() && dependencies.whole.getAsBoolean())) {
            return;
        }
        long now = dependencies.clock.wallMs();
        schedule.begun(now);
        Disk disk = directory.open();
        String name = directory.freeName(disk, now);
        requests.began(new BackupRequestStatus.Running(name, now, 0));
        backup = Optional.of(dependencies.beginning.begin(disk, name));
    }

    private void work(BackupWriter present) throws IOException {
        boolean done = present.step(STEP_BYTES);
        requests.advanced(present.bytes());
        if (done) {
            present.close();
            backup = Optional.empty();
            BackupWriter.FinishedBackup made = present.made().orElseThrow();
            directory.added(made);
            lastBytes = made.bytes();
            failure = Optional.empty();
            dependencies.log.event(EventKind.BACKUP_MADE, "file", made.name(), "bytes", made.bytes(),
                    "keys", made.keys());
            requests.end(waiter -> waiter.complete(new BackupRequestStatus.Finished(made)));
            directory.retire(made, dependencies.clock.wallMs() - settings.retentionDays * DAY_MS);
        }
    }

    private void failed(IOException cause) {
        backup.ifPresent(this::abandon);
        backup = Optional.empty();
        failures.increment();
        schedule.failed(failure.isEmpty());
        BackupFailure last = BackupFailure.of(cause);
        failure = Optional.of(last);
        dependencies.log.event(EventKind.BACKUP_FAILED, "why", last.what());
        requests.end(waiter -> waiter.completeExceptionally(last.refusal()));
    }

    private void abandon(BackupWriter unfinished) {
        try {
            unfinished.close();
        } catch (IOException e) {
            dependencies.log.warn("an unfinished backup could not be removed", "why", FailureText.text(e));
        }
    }

    /** Completes the waiting requests with a refusal, because the node stops; no further backup is begun. */
    public void stop() {
        requests.stop();
    }

    /** Removes an unfinished backup; no step may follow. */
    @Override
    public void close() {
        backup.ifPresent(this::abandon);
        backup = Optional.empty();
    }
}
