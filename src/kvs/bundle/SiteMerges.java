package kvs.bundle;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.store.TransactionWrite;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.EventKind;
import kvs.world.FailureText;
import kvs.world.Task;

/**
 * The files of partners that a running node takes: clients bring them in parts, then let them be verified or
 * merged, one at a time, on a thread of its own. A merge goes through the ordinary writer in batches of at
 * most 1 MiB, so that other requests go on. Thread-safe.
 */
public final class SiteMerges implements Task, AutoCloseable {

    /** The longest part of a file, bytes. */
    public static final int PART_BYTES_MAX = IncomingFiles.PART_BYTES_MAX;
    private static final long SWEEP_MS = 60_000;

    private final Site site;
    private final IncomingFiles files;
    private final Executor threads;
    private final AtomicReference<Optional<RunningWork>> running = new AtomicReference<>(Optional.empty());
    private final LongAdder merged = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private volatile boolean closed;

    private record RunningWork(IncomingFile file, CompletableFuture<Void> ended) { }

    /** The directory in which files arrive. */
    @FunctionalInterface
    public interface IncomingDirectory {

        /** The directory, which is created if need be. */
        Disk open() throws IOException;
    }

    /**
     * A file as clients see it.
     *
     * @param id its id
     * @param state its state in a word
     * @param bytes bytes that are here
     * @param doneBytes bytes of the work that are done
     * @param allBytes bytes of the whole work
     * @param result the result, once there is one
     */
    public record FileStatus(UUID id, String state, long bytes, long doneBytes, long allBytes,
            Optional<FileResult> result) { }

    /**
     * The merges of a site.
     *
     * @param threads runs each verification and merge; each has a thread of its own
     */
    public SiteMerges(Site site, IncomingDirectory directory, Executor threads) {
        this.site = site;
        this.threads = threads;
        Site.Dependencies parts = site.dependencies();
        this.files = new IncomingFiles(directory, parts.clock(), parts.dice(), parts.log());
    }

    /** Removes the files that an earlier process left; before the first request. */
    public void removeLeftovers() {
        files.removeLeftovers();
    }

    /** The number of bundles that were merged since the start. */
    public long merged() {
        return merged.sum();
    }

    /** The number of files that were refused, or not merged completely, since the start. */
    public long refused() {
        return refused.sum();
    }

    /** Whether a file is being verified or merged: nothing may be purged meanwhile. */
    public boolean isRunning() {
        return running.get().isPresent();
    }

    /**
     * Begins a file.
     *
     * @param bytes its size; no more are taken
     */
    public FileStatus begin(long bytes) {
        return status(files.create(bytes));
    }

    /** Takes a part of a file, of at most {@link #PART_BYTES_MAX} bytes; it is durable afterwards. */
    public FileStatus receive(UUID id, long offset, byte[] part) {
        IncomingFile file = files.find(id);
        files.receive(file, offset, part);
        return status(file);
    }

    /** The present files. */
    public List<FileStatus> list() {
        return files.all().stream().map(SiteMerges::status).toList();
    }

    /** The state of a file. */
    public FileStatus status(UUID id) {
        return status(files.find(id));
    }

    private static FileStatus status(IncomingFile file) {
        return new FileStatus(file.id(), file.state().name().toLowerCase(Locale.ROOT), file.bytes(),
                file.doneBytes(), file.allBytes(), file.result());
    }

    /** Removes a file on which nothing is at work. */
    public void remove(UUID id) {
        files.remove(files.find(id));
    }

    /**
     * Begins to verify a file, or to merge it. A {@link Refusal}: another one is at work, or this file is
     * done.
     */
    public FileStatus start(UUID id, boolean verify) {
        IncomingFile file = files.find(id);
        RunningWork work = new RunningWork(file, new CompletableFuture<>());
        if (!verify) {
            site.dependencies().modes().checkWrite();
        }
        if (!running.compareAndSet(Optional.empty(), Optional.of(work))) {
            throw new Refusal(Reason.IN_PROGRESS, "nothing was begun: this node is at work on another file,"
                    + " and takes one at a time. Try again when that is done");
        }
        boolean begun = false;
        try {
            IncomingFile.State before = begin(file, verify);
            FileStatus status = status(file);
            try {
                threads.execute(() -> run(work, verify));
                begun = true;
            } finally {
                if (!begun) {
                    file.begin(before);
                }
            }
            return status;
        } finally {
            if (!begun) {
                running.set(Optional.empty());
            }
        }
    }

    /** The state before it began. */
    private static IncomingFile.State begin(IncomingFile file, boolean verify) {
        if (!file.lock.tryLock()) {
            throw IncomingFiles.busy();
        }
        try {
            IncomingFile.State before = file.state();
            if (before != IncomingFile.State.RECEIVING && before != IncomingFile.State.CHECKED) {
                throw IncomingFiles.busy();
            }
            if (file.bytes() < file.size()) {
                throw new Refusal(Reason.BAD_REQUEST, "nothing was begun: " + file.bytes() + " of the "
                        + file.size() + " bytes of the file are here: go on with offset=" + file.bytes());
            }
            file.begin(verify ? IncomingFile.State.CHECKING : IncomingFile.State.MERGING);
            return before;
        } finally {
            file.lock.unlock();
        }
    }

    private void run(RunningWork work, boolean verify) {
        IncomingFile file = work.file;
        FileResult result = new FileResult(FileVerdict.INTERRUPTED, "an internal error ended it, and the"
                + " node's log has details; what was merged stays, and the same file ends it", "", List.of());
        try {
            result = taken(file, verify);
        } catch (Refusal e) {
            result = interrupted(e.detail());
        } catch (IOException e) {
            result = interrupted(FailureText.text(e));
        } catch (RuntimeException bug) {
            site.dependencies().log().error("an internal error ended the work on a file of a partner", bug);
        } finally {
            ended(work, result, verify);
        }
    }

    private void ended(RunningWork work, FileResult result, boolean verify) {
        try {
            if (!verify) {
                files.delete(work.file);
            }
            record(result, verify);
        } finally {
            work.file.end(verify ? IncomingFile.State.CHECKED : IncomingFile.State.DONE, result,
                    site.dependencies().clock().nanos());
            running.set(Optional.empty());
            work.ended.complete(null);
        }
    }

    private static FileResult interrupted(String why) {
        return new FileResult(FileVerdict.INTERRUPTED, "nothing was changed: " + why, "", List.of());
    }

    private FileResult taken(IncomingFile file, boolean verify) throws IOException {
        try (DiskFile disk = files.open(file)) {
            BackgroundPacer pacer = site.dependencies().pacer().get();
            BundleReceiver receiver = new BundleReceiver(site.store(), site.dependencies().clock(),
                    new LiveWrites(pacer));
            LongConsumer progress = position -> {
                checkOpen();
                file.progress(position);
                pacer.pieceDone();
            };
            return verify ? receiver.verify(disk, progress) : receiver.merge(disk, progress);
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new Refusal(Reason.BUSY, "the node is stopping");
        }
    }

    private void record(FileResult result, boolean verify) {
        if (verify) {
            return;
        }
        (result.verdict().isGood() ? merged : refused).increment();
        site.dependencies().log().event(result.verdict().isGood() ? EventKind.BUNDLE_MERGED
                : EventKind.BUNDLE_REFUSED, "partner", result.partner(), "verdict", result.verdict().word(),
                "result", result.sentence());
    }

    /** The writes of a merge on a running node; the request that began it is in the tamper log. */
    private final class LiveWrites implements BundleReceiver.SiteWrites {

        private final BackgroundPacer pacer;

        LiveWrites(BackgroundPacer pacer) {
            this.pacer = pacer;
        }

        @Override
        public Optional<String> obstacle() {
            return site.lack();
        }

        @Override
        public boolean isMember() {
            return site.dependencies().state().member().getAsBoolean();
        }

        @Override
        public void begin(String words) { }

        @Override
        public <T> T run(TransactionWrite<T> write) {
            checkOpen();
            T result = site.merge(write);
            pacer.pieceDone();
            return result;
        }
    }

    /** Removes files that nobody uses any more. */
    @Override
    public long step() {
        files.removeAbandoned();
        return SWEEP_MS;
    }

    /** Ends what is at work, before the store is closed: a merge at its next batch. */
    @Override
    public void close() {
        closed = true;
        Optional<RunningWork> work = running.get();
        if (work.isPresent()) {
            work.get().ended.join();
        }
    }
}
