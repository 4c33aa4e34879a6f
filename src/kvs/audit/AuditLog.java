package kvs.audit;

import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import kvs.model.HealthProblem;
import kvs.world.Clock;
import kvs.world.Disk;
import kvs.world.FailureText;
import kvs.world.Logger;
import kvs.world.Scheduler;
import kvs.world.Task;

/**
 * The log of who did what, which nobody without the key can change unnoticed. Threads that serve requests add
 * events, at the cost of one step of a ring buffer; a thread of its own encodes them as lines
 * ({@link AuditLine}), chains and seals them, and writes and forces them once a second. So a power cut loses
 * the last second and the time of a write, and the next start records in a {@code gap} line the sequence
 * numbers of the store that the log does not cover.
 *
 * <p>When the disk fails, lines wait, in order, until it works again; events that do not fit into the ring
 * meanwhile are counted in a {@code lost} line. Adding an event never throws.
 *
 * <p>Any thread may add events and read pages. Writing is guarded by {@code writing}.
 */
public final class AuditLog implements Task, AutoCloseable {

    private static final long PERIOD_MS = 1_000;
    private static final long GATHER_MS = 50;
    /** The same while there are no events. */
    private static final long GATHER_IDLE_MS = 200;
    private static final int KEY_BYTES = 32;

    private final Dependencies dependencies;
    private final AuditQueue queue = new AuditQueue();
    private final RefusalAggregator refusals;
    private final AuditPageReader pages;
    private final ReentrantLock writing = new ReentrantLock();
    private final LogOpener opening;
    /** Guarded by {@code writing}, except for readers. Empty until the disk has space to open the log. */
    private volatile Optional<AuditWriter> writer = Optional.empty();
    /** Guarded by {@code writing}. */
    private boolean closed;

    /** The doors that the log uses beside its directory: clock, and the log for operators. */
    public record Dependencies(Clock clock, Logger log) { }

    /**
     * The settings of the log.
     *
     * @param keys 32 secret bytes each, at least one: the first seals, all verify
     * @param fileBytes size at which a new file is begun
     * @param keepBytes size of all files above which the oldest one is removed
     */
    public record Settings(List<byte[]> keys, long fileBytes, long keepBytes) {

        /** The usual size at which a new file is begun. */
        public static final long FILE_BYTES = 64L << 20;

        /** Refuses an empty list of keys, and keys of another length. */
        public Settings {
            if (keys.isEmpty() || keys.stream().anyMatch(key -> key.length != KEY_BYTES)) {
                throw new IllegalArgumentException("the keys of the tamper log have " + KEY_BYTES + " bytes");
            }
        }
    }

    /**
     * A page of lines.
     *
     * @param lines JSON objects as they are in the file
     * @param next number of the line after which the next page begins
     * @param more whether there are lines after it already
     */
    public record Page(List<byte[]> lines, long next, boolean more) { }

    /**
     * The history that a log must agree with when it is opened.
     *
     * @param storeHead the store's last sequence number
     * @param remembered a line that was durable once; empty when there is no anchor
     */
    public record KnownHistory(long storeHead, Optional<AuditVerification.Anchor> remembered) { }

    /** The relation of a log to an anchor that is remembered elsewhere. */
    enum Agreement {
        /** The line is there; or it was pruned, or lines are missing around it and the log records that. */
        AGREES,
        /** Another line has its number. */
        DIFFERS,
        /** The log ends before it. */
        ENDS_BEFORE
    }

    /** Recovers the files and records that the log starts again. */
    @FunctionalInterface
    private interface LogOpener {
        AuditWriter open() throws IOException;
    }

    private AuditLog(Disk directory, Dependencies dependencies, Settings settings,
            KnownHistory knownHistory) {
        this.dependencies = dependencies;
        this.refusals = new RefusalAggregator(dependencies.clock);
        this.pages = new AuditPageReader(directory);
        this.opening = () -> {
            AuditWriter opened = new AuditWriter(directory, dependencies, settings,
                    new AuditWriter.EventSources(queue, refusals), knownHistory.remembered);
            try {
                opened.begin(knownHistory.storeHead);
                return opened;
            } catch (IOException e) {
                opened.files().close();
                throw e;
            }
        };
    }

    /**
     * Opens the log of a directory, which has nothing else in it. A line torn by a power cut is cut off;
     * damage that no power cut explains stays as it is, is reported by {@link #problems}, and the log
     * continues in a new file. On a full disk it is opened later, and lines wait.
     */
    public static AuditLog open(Disk directory, Dependencies dependencies, Settings settings,
            KnownHistory knownHistory) throws IOException {
        AuditLog log = new AuditLog(directory, dependencies, settings, knownHistory);
        try {
            log.writer = Optional.of(log.opening.open());
        } catch (IOException e) {
            if (!directory.full()) {
                throw e;
            }
            dependencies.log.warn(
                    "the disk is full: the tamper log opens as soon as space is free, its lines are queued",
                    "reason", FailureText.text(e));
        }
        return log;
    }

    /** Whether these keys are those of the log in a directory; true for any keys while there is no log. */
    public static boolean opensWith(Disk directory, List<byte[]> keys) throws IOException {
        return AuditHeadFile.load(directory, new AuditSealer(keys)).problem().isEmpty();
    }

    /** Starts to encode and write lines, one task at a time. */
    public void start(Scheduler scheduler) {
        scheduler.start("tamper-log", this, 0);
        scheduler.start("tamper-lines", this::collectQueue, 0);
    }

    /** Adds an event; never blocks and never fails. */
    public void add(AuditEvent event) {
        queue.add(Objects.requireNonNull(event));
    }

    /** Counts a failed login; there is one line for each address and minute. */
    public void loginFailed(String address) {
        refusals.login(address);
    }

    /**
     * Counts a refusal of a kind that anybody may cause; there is one line for each act, user, address and
     * minute.
     */
    public void refused(AuditEvent event) {
        refusals.add(Objects.requireNonNull(event));
    }

    /** Writes the queued events, or a batch when there are many; it then asks to run again at once. */
    @Override
    public long step() {
        writing.lock();
        try {
            if (closed) {
                return DONE;
            }
            return opened() && writer.orElseThrow().round(false) == AuditWriter.Round.MORE ? 0 : PERIOD_MS;
        } finally {
            writing.unlock();
        }
    }

    /** Opens the log if that is still to be done. True when it is open. */
    private boolean opened() {
        if (writer.isEmpty()) {
            try {
                writer = Optional.of(opening.open());
                dependencies.log.info("the tamper log is open");
            } catch (IOException e) {
                dependencies.log.debug("the tamper log cannot be opened yet", "reason", FailureText.text(e));
            }
        }
        return writer.isPresent();
    }

    /**
     * Encodes the queued events, for the next step to write unless they are many, and asks to run again soon.
     * To encode all of them once a second would keep a processor from requests for as long as it takes, and
     * the garbage collector would copy the events meanwhile: both were seen in the latencies of writes.
     */
    private long collectQueue() {
        writing.lock();
        try {
            if (closed) {
                return DONE;
            }
            boolean idle = queue.isEmpty();
            if (writer.isPresent() && writer.get().collectQueue()) {
                writer.get().round(false);
            }
            return idle ? GATHER_IDLE_MS : GATHER_MS;
        } finally {
            writing.unlock();
        }
    }

    /** Durable lines after line {@code after}, at most {@code limit} and 1 MiB of them. */
    public Page page(long after, int limit) throws IOException {
        List<AuditFiles.Extent> extents = extents();
        try {
            return pages.read(extents, after, limit);
        } catch (IOException e) {
            if (extents().equals(extents)) {
                throw e;
            }
            return pages.read(extents(), after, limit);
        }
    }

    private List<AuditFiles.Extent> extents() {
        return writer.map(opened -> opened.files().extents()).orElse(List.of());
    }

    /**
     * The last durable line: noted elsewhere, it proves later that nothing up to it was cut off or written
     * anew.
     */
    public AuditVerification.Anchor head() {
        ChainPosition durable = writer.map(opened -> opened.files().durable())
                .orElseGet(ChainPosition::start);
        return new AuditVerification.Anchor(durable.n(), HexFormat.of().formatHex(durable.hash()));
    }

    /** The relation of the durable lines to a remembered anchor. */
    Agreement agreement(AuditVerification.Anchor remembered) throws IOException {
        if (writer.isEmpty()) {
            return Agreement.AGREES;
        }
        if (remembered.seq() > writer.get().files().durable().n()) {
            return Agreement.ENDS_BEFORE;
        }
        Optional<AuditLine> line = pages.line(extents(), remembered.seq());
        boolean other = line.isPresent()
                && !remembered.hash().equals(HexFormat.of().formatHex(line.get().hash()));
        return other ? Agreement.DIFFERS : Agreement.AGREES;
    }

    /** Records in the log, and reports in {@link #problems}, that the log is not as it was written. */
    void reportFinding(String what) {
        writing.lock();
        try {
            if (!closed) {
                writer.ifPresent(opened -> opened.reportFinding(what));
            }
        } finally {
            writing.unlock();
        }
    }

    /**
     * The problems for an operator: damage found at the start, the reason why lines wait, the number of lost
     * events.
     */
    public List<HealthProblem> problems() {
        return writer.map(AuditWriter::problems)
                .orElse(List.of(new HealthProblem(HealthProblem.Kind.TAMPER_LOG_UNWRITABLE,
                        "tamper log: the disk is full, the log is not open, its lines are queued")));
    }

    /**
     * Writes all queued events and a {@code stop} line with the store's last sequence number; no event may be
     * added from now on.
     */
    public void close(long storeHead) {
        writing.lock();
        try {
            if (!closed) {
                closed = true;
                if (opened()) {
                    writer.orElseThrow().end(storeHead);
                }
            }
        } catch (IOException e) {
            dependencies.log.error("the tamper log was not closed properly", e);
        } finally {
            writing.unlock();
        }
    }

    /** Closes with the last known sequence number of the store. */
    @Override
    public void close() {
        close(0);
    }
}
