package kvs.ops;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import kvs.world.Clock;
import kvs.world.Disk;
import kvs.world.Log;
import kvs.world.Task;

/**
 * The log of who did what, which nobody without the key can change unnoticed. Those who serve requests hand in events, which costs them one
 * step of a ring; a thread of its own makes lines of them ({@link TamperLine}), chains, seals, writes and forces them once a second. So a power
 * cut takes the last second at most, and the next start says in a {@code gap} line which numbers of the store it cannot speak of.
 *
 * <p>When the disk fails, lines wait, in order, until it works again; what the ring does not hold meanwhile is counted in a {@code lost} line.
 * Nothing that is handed in makes this throw.
 *
 * <p>Events and pages: any thread. {@link #step} and {@link #close} keep each other out.
 */
public final class TamperLog implements Task, AutoCloseable {

    private static final long PERIOD_MS = 1_000;
    private static final int BATCH_BYTES_MAX = 4 << 20;
    private static final int KEY_BYTES = 32;

    private final Doors doors;
    private final Settings settings;
    private final TamperQueue queue = new TamperQueue();
    private final TamperLogins logins;
    private final TamperPages pages;
    private final ReentrantLock writing = new ReentrantLock();
    /** Guarded by {@code writing}, except its extents. */
    private final TamperFiles files;
    /** Guarded by {@code writing}. */
    private final TamperChain chain;
    /** Lines that are made and not yet durable; guarded by {@code writing}. */
    private Optional<TamperChain.Batch> pending = Optional.empty();
    /** Guarded by {@code writing}. */
    private boolean closed;
    private volatile long lost;
    private volatile List<String> found = List.of();
    private volatile Optional<String> trouble = Optional.empty();
    private volatile Optional<String> unpruned = Optional.empty();

    /** The doors that the log uses beside its directory: time, and the log for operators. */
    public record Doors(Clock clock, Log log) { }

    /**
     * How it is kept.
     *
     * @param key 32 secret bytes
     * @param fileBytes when a new file is begun
     * @param keepBytes when the oldest file goes
     */
    public record Settings(byte[] key, long fileBytes, long keepBytes) {

        /** Refuses another length of the key. */
        public Settings {
            if (key.length != KEY_BYTES) {
                throw new IllegalArgumentException("the key of the tamper log has " + KEY_BYTES + " bytes, not " + key.length);
            }
        }
    }

    /**
     * Some lines.
     *
     * @param lines JSON objects as they are in the file
     * @param next behind which line the next page begins
     * @param more whether there are lines behind it already
     */
    public record Page(List<byte[]> lines, long next, boolean more) { }

    private TamperLog(Doors doors, Settings settings, Disk disk, TamperSeal seals, TamperRecovery.Found found) throws IOException {
        this.doors = doors;
        this.settings = settings;
        this.logins = new TamperLogins(doors.clock);
        this.pages = new TamperPages(disk);
        this.chain = new TamperChain(seals, found.link());
        this.files = TamperFiles.open(disk, seals, settings.fileBytes, found);
    }

    /**
     * Opens the log of a directory, which has nothing else in it. What a power cut tore is cut off; what no power cut explains stays as it is,
     * is named by {@link #problems}, and the log goes on in a new file.
     *
     * @param storeHead the store's last sequence number
     */
    public static TamperLog open(Disk directory, Doors doors, Settings settings, long storeHead) throws IOException {
        TamperSeal seals = new TamperSeal(Optional.of(settings.key));
        TamperRecovery.Found found = TamperRecovery.find(directory, seals);
        TamperLog log = new TamperLog(doors, settings, directory, seals, found);
        try {
            log.begin(found.broken(), storeHead);
            return log;
        } catch (IOException e) {
            log.files.close();
            throw e;
        }
    }

    /** Hands in an event; never blocks and never fails. */
    public void add(TamperEvent event) {
        queue.add(Objects.requireNonNull(event));
    }

    /** Counts a login that failed; there is one line for each address and minute. */
    public void loginFailed(String address) {
        logins.add(address);
    }

    /** Writes what was handed in, at most {@value #BATCH_BYTES_MAX} bytes of it or a little more. */
    @Override
    public long step() {
        writing.lock();
        try {
            if (closed) {
                return DONE;
            }
            return round(false) && !queue.isEmpty() ? 0 : PERIOD_MS;
        } finally {
            writing.unlock();
        }
    }

    /** Lines behind line {@code after}, at most {@code limit} and 1 MiB of them, durable ones only. */
    public Page page(long after, int limit) throws IOException {
        List<TamperFiles.Extent> extents = files.extents();
        try {
            return pages.read(extents, after, limit);
        } catch (IOException e) {
            if (files.extents().equals(extents)) {
                throw e;
            }
            return pages.read(files.extents(), after, limit);
        }
    }

    /** What an operator should know: what was found at the start, why lines wait, how many were lost. Empty when all is well. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>(found);
        trouble.ifPresent(problems::add);
        unpruned.ifPresent(problems::add);
        if (lost > 0) {
            problems.add("tamper log: " + lost + " events were lost, more came in than could be written");
        }
        return problems;
    }

    /** Writes all that was handed in and a {@code stop} line with the store's last number; nobody hands in anything from now on. */
    public void close(long storeHead) {
        writing.lock();
        try {
            if (closed) {
                return;
            }
            boolean written;
            do {
                written = round(true);
            } while (written && !queue.isEmpty());
            if (written) {
                chain.add("stop", doors.clock.wallMs(), storeHead, line -> { });
                written = round(true);
            }
            if (!written) {
                doors.log.warn("the tamper log ends without its last lines", "where", "close");
            }
            end();
        } finally {
            writing.unlock();
        }
    }

    /** Closes with the last number of the store that was handed in. */
    @Override
    public void close() {
        close(0);
    }

    private void begin(String broken, long storeHead) throws IOException {
        long now = doors.clock.wallMs();
        long known = chain.store();
        List<String> findings = new ArrayList<>();
        if (!broken.isEmpty()) {
            findings.add("tamper log: " + broken);
            chain.add("broken", now, storeHead, line -> line.field("what", broken));
        }
        if (storeHead > known) {
            chain.add("gap", now, storeHead, line -> line.field("first", known + 1).field("last", storeHead));
        }
        if (storeHead < known) {
            findings.add("tamper log: the store ends at number " + storeHead + ", it had " + known + " before");
            chain.store(storeHead);
            chain.add("back", now, storeHead, line -> line.field("first", storeHead + 1).field("last", known));
        }
        chain.add("start", now, storeHead, line -> { });
        files.write(chain.take());
        findings.forEach(finding -> doors.log.warn(finding));
        found = List.copyOf(findings);
    }

    /** Writes one batch, the one that failed before if there is one; whether all went well. */
    private boolean round(boolean last) {
        try {
            if (pending.isEmpty()) {
                pending = batch(last);
            }
            if (pending.isPresent()) {
                files.write(pending.get());
                pending = Optional.empty();
            }
            trouble = Optional.empty();
            remove();
            return true;
        } catch (IOException e) {
            if (trouble.isEmpty()) {
                doors.log.warn("the tamper log cannot be written", "reason", e.getMessage());
            }
            trouble = Optional.of("tamper log: " + e.getMessage() + ", lines wait");
            return false;
        }
    }

    /** The next lines, if there are any. */
    private Optional<TamperChain.Batch> batch(boolean last) {
        long bytesMax = Math.min(BATCH_BYTES_MAX, settings.fileBytes);
        long missed = queue.takeLost();
        if (missed > 0) {
            lost += missed;
            chain.add("lost", doors.clock.wallMs(), 0, line -> line.field("count", missed));
        }
        logins.take(last).forEach(chain::add);
        Optional<TamperEvent> event = Optional.empty();
        while (chain.size() < bytesMax && (event = queue.poll()).isPresent()) {
            chain.add(event.get());
        }
        if (chain.size() == 0) {
            return Optional.empty();
        }
        prune(settings.keepBytes - chain.size());
        return Optional.of(chain.take());
    }

    /** Says which files will go; they do once that is durable. */
    private void prune(long bytesMax) {
        try {
            Optional<TamperFiles.Oldest> next = files.condemn(bytesMax);
            while (next.isPresent()) {
                TamperFiles.Oldest oldest = next.get();
                chain.add("pruned", doors.clock.wallMs(), 0,
                        line -> line.field("first", oldest.first()).field("last", oldest.last()).field("link", oldest.link()));
                next = files.condemn(bytesMax);
            }
            unpruned = Optional.empty();
        } catch (IOException e) {
            unpruned = Optional.of("tamper log: the oldest file cannot be read before it is removed: " + e.getMessage());
        }
    }

    private void remove() {
        try {
            files.remove();
        } catch (IOException e) {
            unpruned = Optional.of("tamper log: the oldest file cannot be removed: " + e.getMessage());
        }
    }

    private void end() {
        closed = true;
        try {
            files.close();
        } catch (IOException e) {
            doors.log.error("the tamper log was not closed", e);
        }
    }
}
