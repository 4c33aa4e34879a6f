package kvs.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import kvs.log.StorageEnvironment;
import kvs.log.VersionChain;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.VersionIdHasher;
import kvs.tree.Entry;
import kvs.tree.KeyRange;
import kvs.tree.TreeCursor;
import kvs.world.Task;

/**
 * Reads every version that the index points to, present and past, and checks it against its checksum and its
 * id, so that rot on the disk is found before the data are needed. An unreadable version is treated as if a
 * reader had found it: a member of the cluster sends it again.
 *
 * <p>At a bounded rate. {@link #begin} and {@link #state} are thread-safe; {@link #step} belongs to one
 * thread.
 */
final class Scrub implements Task {

    private static final int PAGE = 500;
    private static final int PAGE_BYTES = 8 << 20;
    private static final long IDLE_MS = 500;
    private static final long BYTES_PER_SECOND = 64 << 20;

    private final Store store;
    private final StorageEnvironment environment;
    private final VersionIdHasher ids = new VersionIdHasher();
    private volatile ScrubProgress state = new ScrubProgress(false, 0, 0, 0, 0, 0, 0);
    private volatile boolean wanted;
    private byte[] next = {};

    Scrub(Store store, StorageEnvironment environment) {
        this.store = store;
        this.environment = environment;
    }

    /** Begins a scrub, unless one is running. */
    void begin() {
        wanted = true;
    }

    ScrubProgress state() {
        ScrubProgress now = state;
        return wanted && !now.running() ? new ScrubProgress(true, store.root().tree().summary().count(), 0, 0,
                0, environment.clock().wallMs(), 0) : now;
    }

    @Override
    public long step() {
        if (!state.running()) {
            if (!wanted) {
                return IDLE_MS;
            }
            next = new byte[0];
            state = new ScrubProgress(true, store.root().tree().summary().count(), 0, 0, 0,
                    environment.clock().wallMs(), 0);
        }
        wanted = false;
        List<Entry> page = page();
        long bytes = 0;
        long bad = 0;
        for (Entry entry : page) {
            bytes += entry.recordBytes();
            bad += check(entry) ? 0 : 1;
            for (int i = 0; i < VersionChain.count(entry.past()); i++) {
                bytes += VersionChain.bytes(entry.past(), i);
            }
            bad += pastUnreadable(entry);
        }
        ScrubProgress before = state;
        boolean over = page.isEmpty();
        state = new ScrubProgress(!over, before.keys(), before.checkedKeys() + page.size(),
                before.checkedBytes() + bytes, before.unreadable() + bad,
                before.startedMs(), over ? environment.clock().wallMs() : 0);
        if (over) {
            environment.log().info("all records of the log were checked", "keys", state.checkedKeys(),
                    "bytes", state.checkedBytes(), "unreadable", state.unreadable());
        }
        return Math.max(1, bytes * TimeUnit.SECONDS.toMillis(1) / BYTES_PER_SECOND);
    }

    /** The next entries in key order, sorted by their position on the disk. */
    private List<Entry> page() {
        List<Entry> page = new ArrayList<>();
        TreeCursor scan = store.root().tree().scan(KeyRange.all());
        scan.seek(next);
        long bytes = 0;
        while (page.size() < PAGE && bytes < PAGE_BYTES && scan.next()) {
            Entry entry = scan.entry();
            page.add(entry);
            bytes += entry.recordBytes();
            for (int i = 0; i < VersionChain.count(entry.past()); i++) {
                bytes += VersionChain.bytes(entry.past(), i);
            }
        }
        if (!page.isEmpty()) {
            byte[] last = page.get(page.size() - 1).key();
            next = Arrays.copyOf(last, last.length + 1);
        }
        page.sort(Comparator.comparingInt(Entry::segment).thenComparingInt(Entry::offset));
        return page;
    }

    private boolean check(Entry entry) {
        try {
            return ids.of(store.read(entry)).equals(new UUID(entry.uuidHigh(), entry.uuidLow()));
        } catch (Refusal refusal) {
            return gone(refusal);
        }
    }

    private long pastUnreadable(Entry entry) {
        try {
            long bad = 0;
            for (VersionReader.OlderVersion old : store.olderVersions(entry)) {
                bad += old.version().isEmpty() ? 1 : 0;
            }
            return bad;
        } catch (Refusal refusal) {
            return gone(refusal) ? 0 : 1;
        }
    }

    /** Whether the version was replaced and forgotten meanwhile, which is no fault. */
    private static boolean gone(Refusal refusal) {
        return refusal.reason() == Reason.BUSY;
    }
}
