package kvs.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import kvs.log.Manifest;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.log.VersionChain;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.model.ReplicationRules;
import kvs.model.Version;
import kvs.recovery.StoreNotes;
import kvs.tree.Entry;
import kvs.tree.KeyRange;
import kvs.tree.TreeCursor;

/**
 * Restamps the versions of a stopped directory that a wrong clock stamped ahead: they become new writes of
 * this directory with the present time. A version that another node may have accepted is left alone, because
 * that node would bring the old one back, and it would win. Some hundred keys form one atomic group of the
 * log, so a power cut leaves each key unchanged or restamped, and a second run of the command continues. One
 * thread.
 *
 * <p>If several versions of a key are ahead, all of them are restamped in their order, so the history stays.
 * {@link RestampChain} shows the procedure.
 */
public final class Restamp {

    /** The number of keys in one group, and the bytes of its documents after which no more keys are added. */
    private static final int KEYS_MAX = 500;
    private static final long BYTES_MAX = 4 << 20;

    /** The outcome for a key. */
    public enum Verdict {
        /** The key was restamped, or would be. */
        STAMPED,
        /**
         * Another node wrote the version, or this one in an earlier life of its directory: other nodes have
         * it.
         */
        FOREIGN,
        /** The version is so little ahead that other nodes accept it unchanged. */
        NEAR,
        /** Another node had the version, or may have: its clock was as wrong. */
        TAKEN,
        /** The version replaced one that is as far ahead and must stay. */
        BOUND,
        /** The record is unreadable. */
        UNREADABLE
    }

    /** The directory's knowledge of other nodes. */
    public interface PeerKnowledge {

        /** A directory that never had another node. */
        PeerKnowledge NONE = new PeerKnowledge() {
            @Override
            public boolean any() {
                return false;
            }

            @Override
            public boolean held(long seq) {
                return false;
            }
        };

        /** Whether there ever was another node. */
        boolean any();

        /**
         * Whether another node had the same data as this directory when that number, or a later one, was the
         * last in the directory's log.
         */
        boolean held(long seq);
    }

    /**
     * The result of a run.
     *
     * @param wallMs clock of the run, Unix ms
     * @param keys number of keys by verdict
     */
    public record Result(long wallMs, Map<Verdict, Long> keys) {

        /** The number of keys with that verdict. */
        public long of(Verdict verdict) {
            return keys.getOrDefault(verdict, 0L);
        }

        /** Whether every remaining problem ends by itself within a day. */
        public boolean complete() {
            return of(Verdict.FOREIGN) + of(Verdict.TAKEN) + of(Verdict.BOUND) + of(Verdict.UNREADABLE) == 0;
        }
    }

    private final Store store;
    private final PeerKnowledge peers;
    private final boolean dry;
    private final BiConsumer<Version, Version> told;
    private final Map<Verdict, Long> keys = new EnumMap<>(Verdict.class);

    private Restamp(Store store, PeerKnowledge peers, boolean dry, BiConsumer<Version, Version> told) {
        this.store = store;
        this.peers = peers;
        this.dry = dry;
        this.told = told;
    }

    /**
     * Restamps the versions that may be restamped.
     *
     * @param environment doors of a directory that no process has open
     * @param peers knowledge of other nodes, from the notes of the directory
     * @param dry whether keys are only counted
     * @param told receives each version and its new form, on this thread, before it is durable
     */
    public static Result run(StorageEnvironment environment, Function<StoreNotes, PeerKnowledge> peers,
            boolean dry, BiConsumer<Version, Version> told) throws IOException, UnusableDirectoryException {
        if (!environment.disk().list().contains(Manifest.NAME)) {
            throw new UnusableDirectoryException(environment.disk().where()
                    + " is not a data directory: it has no " + Manifest.NAME);
        }
        try (Store store = Store.open(environment, StorageSettings.OFFLINE)) {
            return new Restamp(store, peers.apply(store.notes()), dry, told)
                    .all(environment.clock().wallMs());
        }
    }

    private Result all(long wallMs) throws IOException {
        boolean strangers = peers.any() && strangers(wallMs);
        TreeCursor scan = ahead(wallMs + ReplicationRules.CLOCK_AHEAD_MS);
        List<Key> batch = new ArrayList<>();
        long bytes = 0;
        while (scan.next()) {
            batch.add(Key.ofBytes(scan.entry().key()));
            bytes += scan.entry().recordBytes() * (1L + VersionChain.count(scan.entry().past()));
            if (batch.size() == KEYS_MAX || bytes > BYTES_MAX) {
                submit(new RestampWrite(batch, strangers));
                batch = new ArrayList<>();
                bytes = 0;
            }
        }
        submit(new RestampWrite(batch, strangers));
        return new Result(wallMs, Map.copyOf(keys));
    }

    private TreeCursor ahead(long limitMs) {
        return store.root().tree().changed(KeyRange.all(), limitMs + 1, Version.FOREVER);
    }

    /**
     * Whether the store has a version of another node that no node with a right clock accepts: the clock of
     * that node was as wrong as this one.
     */
    private boolean strangers(long wallMs) {
        TreeCursor scan = ahead(RestampChain.latestAcceptedMs(wallMs));
        while (scan.next()) {
            Optional<VersionReader.StoredVersion> held = store.held(scan.entry());
            if (held.isPresent() && !held.get().version().dot().origin().equals(store.origin())) {
                return true;
            }
        }
        return false;
    }

    private void submit(RestampWrite batch) throws IOException {
        store.submit(batch);
        while (!batch.over) {
            store.step();
        }
        if (batch.refused.isPresent()) {
            throw new IOException(batch.refused.get().detail());
        }
    }

    /** A write that restamps some keys. */
    private final class RestampWrite implements Write {

        private final List<Key> batch;
        private final boolean strangers;
        private final Map<Verdict, Long> counted = new EnumMap<>(Verdict.class);
        private Optional<Refusal> refused = Optional.empty();
        private boolean over;

        RestampWrite(List<Key> batch, boolean strangers) {
            this.batch = batch;
            this.strangers = strangers;
        }

        @Override
        public void decide(Transaction tx) {
            for (Key key : batch) {
                Optional<Entry> entry = tx.current(key);
                if (entry.isPresent()) {
                    counted.merge(decide(tx, key, entry.get()), 1L, Long::sum);
                }
            }
            tx.force();
        }

        private Verdict decide(Transaction tx, Key key, Entry entry) {
            if (tx.hidden(key, Optional.of(entry))) {
                return Verdict.UNREADABLE;
            }
            RestampChain chain;
            try {
                chain = RestampChain.of(tx, entry, store.codec());
            } catch (IOException unreadable) {
                return Verdict.UNREADABLE;
            }
            Verdict verdict = chain.judge(peers, strangers);
            if (verdict == Verdict.STAMPED && !dry) {
                chain.stamp(told);
            }
            return verdict;
        }

        @Override
        public void written() {
            counted.forEach((verdict, count) -> keys.merge(verdict, count, Long::sum));
            over = true;
        }

        @Override
        public void refused(Refusal refusal) {
            refused = Optional.of(refusal);
            over = true;
        }
    }
}
