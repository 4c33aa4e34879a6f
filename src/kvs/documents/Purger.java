package kvs.documents;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.model.ReplicationRules;
import kvs.model.Version;
import kvs.store.Store;
import kvs.store.Transaction;
import kvs.store.Write;
import kvs.tree.Entry;
import kvs.tree.TreeCursor;
import kvs.world.Clock;
import kvs.world.EventKind;
import kvs.world.Logger;
import kvs.world.Task;

/**
 * Removes entries from the index that have been dead for long enough. At each full ten minutes of the wall
 * clock it scans the dead once, in pieces, and purges those that were due by {@link ReplicationRules#due} at
 * that moment; so nodes that purge alone stay equal most of the time.
 *
 * <p>In a cluster a purge waits until every node from which an older version could come back has the dead
 * one.
 */
public final class Purger implements Task {

    /** Wait after a refused piece: the disk is full, or the node is stopping. */
    private static final long RETRY_MS = 10_000;
    /** Wait while a piece is being written. */
    private static final long POLL_MS = 5;
    /**
     * Dead entries scanned in one step; of those at most {@link DocumentLimits#PURGE_STEP} that are due are
     * read from the disk.
     */
    private static final int LOOKS_MAX = 50_000;
    private static final byte[] START = {};
    /**
     * Time for which the wall clock must have run like the monotonic clock before anything is purged, after a
     * start too: under a wall clock that is a year ahead everything that expires within a year looks long
     * dead, and a purge is final.
     */
    static final long STEADY_MS = 3_600_000;

    private final Store store;
    private final Clock clock;
    private final Logger log;
    private final LongSupplier windowMs;
    private final PurgeConstraints others;
    private Optional<PurgeWrite> piece = Optional.empty();
    /** Start of the steady run of the wall clock, and its lead over the monotonic clock at the last step. */
    private long steadyNanos;
    private long aheadMs;
    private long roundAt;
    private boolean walking;
    private byte[] from = START;
    private long purged;
    private final LongAdder total = new LongAdder();

    /** The other nodes. */
    public interface PurgeConstraints {

        /** A single node: no other one ever had its data. */
        PurgeConstraints NONE = new PurgeConstraints() {
            @Override
            public boolean ready() {
                return true;
            }

            @Override
            public boolean have(Version version) {
                return true;
            }
        };

        /** Whether this node knows enough to purge at all. */
        boolean ready();

        /**
         * Whether this node and all from which a version may come back have that version, one that supersedes
         * it, or have purged it; or are waited for no longer.
         */
        boolean have(Version version);
    }

    /**
     * A purger with that window (the largest {@code bootstrap_max_age_hours}, in ms); its first round is at
     * the next full ten minutes.
     */
    public Purger(Store store, Clock clock, Logger log, LongSupplier windowMs, PurgeConstraints others) {
        this.store = store;
        this.clock = clock;
        this.log = log;
        this.windowMs = windowMs;
        this.others = others;
        this.roundAt = nextRound();
        this.aheadMs = ahead();
        this.steadyNanos = clock.nanos();
    }

    /** The number of versions purged here since the start. */
    public long total() {
        return total.sum();
    }

    @Override
    public long step() {
        if (piece.isPresent()) {
            return written(piece.get());
        }
        watchWall();
        if (!walking) {
            // Recomputed when the wall clock went back: else a jump into the future would stop purging until
            // then.
            roundAt = Math.min(roundAt, nextRound());
            long early = roundAt - clock.wallMs();
            if (early > 0) {
                return Math.min(early, ReplicationRules.PURGE_STEP_MS);
            }
            if (!isSteady() || !others.ready()) {
                roundAt = nextRound();
                return POLL_MS;
            }
            walking = true;
            roundAt = clock.wallMs() - Math.floorMod(clock.wallMs(), ReplicationRules.PURGE_STEP_MS);
        }
        PurgeWrite next = look();
        if (next.versions.isEmpty()) {
            return moveOn(next);
        }
        piece = Optional.of(next);
        store.submit(next);
        return POLL_MS;
    }

    private long ahead() {
        return clock.wallMs() - TimeUnit.NANOSECONDS.toMillis(clock.nanos());
    }

    /** Detects a jump of the wall clock, which ends the present scan too. */
    private void watchWall() {
        if (Math.abs(ahead() - aheadMs) > ReplicationRules.CLOCK_AHEAD_MS) {
            log.event(EventKind.CLOCK_JUMPED, "ms", ahead() - aheadMs);
            steadyNanos = clock.nanos();
            walking = false;
            from = START;
            roundAt = nextRound();
        }
        aheadMs = ahead();
    }

    private boolean isSteady() {
        return clock.nanos() - steadyNanos >= TimeUnit.MILLISECONDS.toNanos(STEADY_MS);
    }

    private long written(PurgeWrite submitted) {
        if (submitted.state == State.WAITING) {
            return POLL_MS;
        }
        piece = Optional.empty();
        if (submitted.state == State.REFUSED) {
            return RETRY_MS;
        }
        purged += submitted.gone;
        total.add(submitted.gone);
        return moveOn(submitted);
    }

    private long moveOn(PurgeWrite done) {
        if (done.next.isPresent()) {
            from = done.next.get();
            return 0;
        }
        if (purged > 0) {
            log.info("purged versions", "count", purged);
        }
        walking = false;
        from = START;
        purged = 0;
        roundAt = nextRound();
        return Math.max(0, roundAt - clock.wallMs());
    }

    /** The next dead entries that are due, and the key at which the scan continues. */
    private PurgeWrite look() {
        TreeCursor scan = store.root().tree().dead(roundAt);
        scan.seek(from);
        List<Version> due = new ArrayList<>();
        int looks = 0;
        int reads = 0;
        long window = windowMs.getAsLong();
        while (scan.next()) {
            Entry entry = scan.entry();
            if (reads == DocumentLimits.PURGE_STEP || looks == LOOKS_MAX) {
                return new PurgeWrite(due, Optional.of(entry.key()));
            }
            looks++;
            long death = ReplicationRules.death(entry.deleted(), entry.expires(), entry.timestamp());
            if (ReplicationRules.due(entry.timestamp(), death, entry.shadowsUntil(), window) <= roundAt) {
                reads++;
                read(entry).filter(others::have).ifPresent(due::add);
            }
        }
        return new PurgeWrite(due, Optional.empty());
    }

    /** The version of an entry; an unreadable one cannot be purged, because its rank is not known. */
    private Optional<Version> read(Entry entry) {
        try {
            return Optional.of(store.read(entry));
        } catch (Refusal damaged) {
            log.debug("not purged", "key", Key.ofBytes(entry.key()).text(), "why", damaged.detail());
            return Optional.empty();
        }
    }

    private long nextRound() {
        long wallMs = clock.wallMs();
        return wallMs - Math.floorMod(wallMs, ReplicationRules.PURGE_STEP_MS)
                + ReplicationRules.PURGE_STEP_MS;
    }

    private enum State { WAITING, WRITTEN, REFUSED }

    /** A write that purges several versions, those that are still current. */
    private final class PurgeWrite implements Write {

        private final List<Version> versions;
        private final Optional<byte[]> next;
        private volatile State state = State.WAITING;
        /** Writer thread until the state changes. */
        private int gone;

        PurgeWrite(List<Version> versions, Optional<byte[]> next) {
            this.versions = versions;
            this.next = next;
        }

        @Override
        public void decide(Transaction tx) {
            gone = (int) versions.stream().filter(tx::purge).count();
        }

        @Override
        public void written() {
            state = State.WRITTEN;
        }

        @Override
        public void refused(Refusal refusal) {
            state = State.REFUSED;
        }

        @Override
        public int bytes() {
            return versions.stream()
                    .mapToInt(version -> version.key().bytes().length + version.data().length).sum();
        }
    }
}
