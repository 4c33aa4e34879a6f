package kvs.backup;

import java.io.IOException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import kvs.model.HealthProblem;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.world.Clock;
import kvs.world.Disk;
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
    /** The wait before a failed backup is retried once; after that the next due time counts. */
    private static final long AGAIN_MS = TimeUnit.MINUTES.toMillis(10);
    private static final long DAY_MS = TimeUnit.DAYS.toMillis(1);
    private static final long SECOND_MS = 1_000;
    /** The number of backups in a list, the newest. */
    private static final int LISTED_MAX = 1_000;

    private final Settings settings;
    private final Dependencies doors;
    private final BackupFileNames names;
    private final LongAdder failures = new LongAdder();
    private final ReentrantLock lock = new ReentrantLock();
    /** The requests that wait for the present backup; guarded by {@code lock}. */
    private final List<Waiter> waiters = new ArrayList<>();
    /** Whether a backup was requested; guarded by {@code lock}. */
    private boolean asked;
    /** Guarded by {@code lock}. */
    private boolean closed;
    private volatile Optional<Running> running = Optional.empty();
    private volatile Optional<Failure> failure = Optional.empty();
    private volatile long lastMs;
    private volatile long lastBytes;
    private Optional<BackupWriter> backup = Optional.empty();
    private boolean looked;
    /** The time after which the next due time is computed, Unix ms. */
    private long fromMs;
    private OptionalLong againMs = OptionalLong.empty();

    /**
     * The settings of backups.
     *
     * @param node node whose backups they are
     * @param schedule due times; empty: on request only
     * @param zone time zone of the schedule
     * @param retentionDays time for which they are kept
     */
    public record Settings(String node, Optional<Cron> schedule, ZoneId zone, long retentionDays) { }

    /** Opens the directory of the backups when it is needed. */
    @FunctionalInterface
    public interface DirectoryOpener {

        /** The directory. */
        Disk open() throws IOException;
    }

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
    public record Dependencies(DirectoryOpener directory, BackupStarter beginning, Clock clock, Logger log,
            long beganMs, BooleanSupplier whole) { }

    /** The state of a requested backup. */
    public sealed interface BackupState { }

    /** The backup is complete. */
    public record Finished(BackupWriter.FinishedBackup made) implements BackupState { }

    /**
     * The backup is being written.
     *
     * @param name name of its file
     * @param sinceMs start, Unix ms
     * @param bytes bytes so far
     */
    public record Running(String name, long sinceMs, long bytes) implements BackupState { }

    /** A backup in the directory: its name, its time, Unix ms, and its unchecked summary. */
    public record ListedBackup(String name, long madeMs, BackupWriter.UncheckedSummary glance) { }

    /** The reason of the last failure; only administrators may read all of it, which may name a key. */
    private record Failure(String what, boolean secret) { }

    private record Waiter(long deadlineNanos, CompletableFuture<BackupState> done) { }

    /** A scheduler of the backups that {@code doors} begin. */
    public BackupScheduler(Settings settings, Dependencies doors) {
        this.settings = settings;
        this.doors = doors;
        this.names = new BackupFileNames(settings.node);
        this.fromMs = doors.beganMs;
    }

    /**
     * Requests a backup that begins after this call; completes when it is done or after {@code waitMs}. While
     * another backup is running, completes at once with the state of that one. Fails with a {@link Refusal}
     * only.
     */
    public CompletableFuture<BackupState> make(long waitMs) {
        if (!doors.whole.getAsBoolean()) {
            return CompletableFuture.failedFuture(new Refusal(Reason.SYNCING,
                    "this node has not got all data of its cluster: a backup of it would lack some;"
                            + " take it from another node, or try again"));
        }
        CompletableFuture<BackupState> done = new CompletableFuture<>();
        lock.lock();
        try {
            if (closed) {
                return CompletableFuture.failedFuture(stopping());
            }
            if (asked || running.isPresent()) {
                return CompletableFuture.completedFuture(
                        running.orElseGet(() -> new Running("", doors.clock.wallMs(), 0)));
            }
            asked = true;
            waiters.add(new Waiter(doors.clock.nanos() + TimeUnit.MILLISECONDS.toNanos(waitMs), done));
            return done;
        } finally {
            lock.unlock();
        }
    }

    /** The running backup. */
    public Optional<Running> running() {
        return running;
    }

    /** The backups in the directory, the newest first. */
    public List<ListedBackup> list() throws IOException {
        Disk disk = doors.directory.open();
        List<String> found = new ArrayList<>(disk.list().stream()
                .filter(name -> BackupFileNames.made(name).isPresent()).toList());
        found.sort((a, b) ->
                Long.compare(BackupFileNames.made(b).orElseThrow(), BackupFileNames.made(a).orElseThrow()));
        List<ListedBackup> listed = new ArrayList<>();
        for (String name : found.subList(0, Math.min(LISTED_MAX, found.size()))) {
            listed.add(new ListedBackup(name, BackupFileNames.made(name).orElseThrow(),
                    BackupWriter.glance(disk, name)));
        }
        return listed;
    }

    /** The reason of the last failure, for administrators; empty once a backup has succeeded. */
    public Optional<String> error() {
        return failure.map(Failure::what);
    }

    /** The problems for an operator; no key is named. */
    public List<HealthProblem> problems() {
        return failure.map(why -> List.of(new HealthProblem(HealthProblem.Kind.BACKUP_FAILED,
                "the last backup failed: " + (why.secret ? "a record is unreadable;"
                        + " the log and GET /admin/backups name its key" : why.what)))).orElse(List.of());
    }

    /** The time of the last backup, Unix ms, 0 for never. */
    public long lastMs() {
        return lastMs;
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
        long before = doors.clock.nanos();
        try {
            if (backup.isPresent()) {
                work(backup.get());
            } else {
                begin();
            }
        } catch (IOException e) {
            failed(e);
        } catch (RuntimeException bug) {
            doors.log.error("a fault of ours ends a backup", bug);
            failed(new IOException("by a fault of this node; its log has more", bug));
        }
        expire();
        long took = TimeUnit.NANOSECONDS.toMillis(doors.clock.nanos() - before);
        return backup.isPresent() ? took : Math.max(LOOK_MS, took);
    }

    /** Finds the last backup in the directory, and removes the leftovers of a crash. */
    private void look() throws IOException {
        looked = true;
        Disk disk = doors.directory.open();
        for (String name : disk.list()) {
            if (name.endsWith(BackupWriter.TEMPORARY) && names
                    .own(name.substring(0, name.length() - BackupWriter.TEMPORARY.length())).isPresent()) {
                disk.delete(name);
            }
            lastMs = Math.max(lastMs, names.own(name).orElse(0L));
        }
        fromMs = Math.max(fromMs, lastMs);
    }

    private void begin() throws IOException {
        boolean manual = asked();
        if (!looked && (manual || settings.schedule.isPresent())) {
            look();
        }
        if (!manual && !due()) {
            return;
        }
        long now = doors.clock.wallMs();
        fromMs = now;
        againMs = OptionalLong.empty();
        Disk disk = doors.directory.open();
        List<String> taken = disk.list();
        long at = now;
        while (taken.contains(names.of(at))) {
            at += SECOND_MS;
        }
        running = Optional.of(new Running(names.of(at), now, 0));
        backup = Optional.of(doors.beginning.begin(disk, names.of(at)));
    }

    private boolean asked() {
        lock.lock();
        try {
            return asked && !closed;
        } finally {
            lock.unlock();
        }
    }

    private boolean due() {
        if (settings.schedule.isEmpty()) {
            return false;
        }
        long now = doors.clock.wallMs();
        // The wall may have been set back.
        fromMs = Math.min(fromMs, now);
        boolean due = settings.schedule.get().next(fromMs, settings.zone) <= now
                || againMs.stream().anyMatch(again -> again <= now);
        return due && doors.whole.getAsBoolean();
    }

    private void work(BackupWriter present) throws IOException {
        boolean done = present.step(STEP_BYTES);
        running = running.map(state -> new Running(state.name, state.sinceMs, present.bytes()));
        if (done) {
            present.close();
            backup = Optional.empty();
            BackupWriter.FinishedBackup made = present.made().orElseThrow();
            lastMs = made.madeMs();
            lastBytes = made.bytes();
            failure = Optional.empty();
            doors.log.info("backup made", "file", made.name(), "bytes", made.bytes(), "keys", made.keys());
            over(waiter -> waiter.complete(new Finished(made)));
            retire(made);
        }
    }

    /**
     * Removes backups of this node whose retention has ended; none when the previous backup is as old as
     * that: the node was off for long, or its clock is wrong, and the next backup shows which.
     */
    private void retire(BackupWriter.FinishedBackup newest) {
        long until = doors.clock.wallMs() - settings.retentionDays * DAY_MS;
        try {
            Disk disk = doors.directory.open();
            if (disk.list().stream().filter(name -> !name.equals(newest.name()))
                    .flatMap(name -> names.own(name).stream()).noneMatch(made -> made >= until)) {
                return;
            }
            for (String name : disk.list()) {
                if (!name.equals(newest.name()) && names.own(name).filter(made -> made < until).isPresent()) {
                    disk.delete(name);
                    doors.log.info("old backup removed", "file", name);
                }
            }
        } catch (IOException e) {
            doors.log.warn("old backups could not be removed", "why", FailureText.text(e));
        }
    }

    private void failed(IOException why) {
        backup.ifPresent(this::abandon);
        backup = Optional.empty();
        failures.increment();
        boolean secret = why instanceof BackupWriter.UnreadableVersionException;
        String what = FailureText.text(why);
        // Retried once: after two failures in a row the next due time counts.
        againMs = failure.isEmpty() && settings.schedule.isPresent()
                ? OptionalLong.of(doors.clock.wallMs() + AGAIN_MS) : OptionalLong.empty();
        failure = Optional.of(new Failure(what, secret));
        doors.log.warn("backup failed", "why", what);
        over(waiter -> waiter.completeExceptionally(new Refusal(secret ? Reason.DAMAGED : Reason.DISK_FULL,
                "the backup failed: " + what)));
    }

    private void abandon(BackupWriter unfinished) {
        try {
            unfinished.close();
        } catch (IOException e) {
            doors.log.warn("an unfinished backup could not be removed", "why", FailureText.text(e));
        }
    }

    private void expire() {
        long now = doors.clock.nanos();
        List<Waiter> late = new ArrayList<>();
        lock.lock();
        try {
            waiters.stream().filter(waiter -> waiter.deadlineNanos - now <= 0).forEach(late::add);
            waiters.removeAll(late);
        } finally {
            lock.unlock();
        }
        late.forEach(waiter ->
                waiter.done.complete(running.orElseGet(() -> new Running("", doors.clock.wallMs(), 0))));
    }

    private void over(Consumer<CompletableFuture<BackupState>> tell) {
        List<Waiter> all;
        lock.lock();
        try {
            running = Optional.empty();
            asked = false;
            all = List.copyOf(waiters);
            waiters.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(waiter -> tell.accept(waiter.done));
    }

    /** Completes the waiting requests with a refusal, because the node stops; no further backup is begun. */
    public void stop() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        over(waiter -> waiter.completeExceptionally(stopping()));
    }

    /** Removes an unfinished backup; no step may follow. */
    @Override
    public void close() {
        backup.ifPresent(this::abandon);
        backup = Optional.empty();
    }

    private static Refusal stopping() {
        return new Refusal(Reason.BUSY, "this node is stopping");
    }
}
