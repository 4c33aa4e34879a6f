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
import kvs.tree.Entry;
import kvs.tree.KeyRange;
import kvs.tree.TreeCursor;

/**
 * Gives the versions of a stopped directory that a wrong clock has stamped ahead the present time, as new writes of this directory, as far as no
 * other node can have taken them: it would bring the old ones back, and they would win. Some hundred keys are one atomic group of the log, so a
 * power cut leaves each key as it was or as it shall be, and the command, given again, goes on. One thread.
 *
 * <p>Of a key with several such versions all are stamped anew, in their order, so its history stays. See {@link RestampChain} for how.
 */
public final class Restamp {

    /** Keys of one group, and bytes of the documents in it after which no more keys are taken. */
    private static final int KEYS_MAX = 500;
    private static final long BYTES_MAX = 4 << 20;

    /** What became of a key. */
    public enum Verdict {
        /** It has the present time now, or would have. */
        STAMPED,
        /** Another node wrote it, or this one in an earlier life of its directory: so others have it. */
        FOREIGN,
        /** It is so little ahead that other nodes take it as it is. */
        NEAR,
        /** Another node held it, or may have: the clock of one was as wrong. */
        TAKEN,
        /** It replaced a version that is as far ahead and must stay. */
        BOUND,
        /** Nobody knows what it is. */
        UNREADABLE
    }

    /** What the directory knows of other nodes. */
    public interface Peers {

        /** There never was another one. */
        Peers NONE = new Peers() {
            @Override
            public boolean any() {
                return false;
            }

            @Override
            public boolean held(long seq) {
                return false;
            }
        };

        /** Whether there ever was another one. */
        boolean any();

        /** Whether one of them held the same as this directory when that number, or a later one, was the last of its log. */
        boolean held(long seq);
    }

    /**
     * What was done.
     *
     * @param wallMs the clock by which it was done, Unix ms
     * @param keys how many there are of each verdict
     */
    public record Result(long wallMs, Map<Verdict, Long> keys) {

        /** How many keys have that verdict. */
        public long of(Verdict verdict) {
            return keys.getOrDefault(verdict, 0L);
        }

        /** Whether nothing is left that will not end within a day by itself. */
        public boolean complete() {
            return of(Verdict.FOREIGN) + of(Verdict.TAKEN) + of(Verdict.BOUND) + of(Verdict.UNREADABLE) == 0;
        }
    }

    private final Store store;
    private final Peers peers;
    private final boolean dry;
    private final BiConsumer<Version, Version> told;
    private final Map<Verdict, Long> keys = new EnumMap<>(Verdict.class);

    private Restamp(Store store, Peers peers, boolean dry, BiConsumer<Version, Version> told) {
        this.store = store;
        this.peers = peers;
        this.dry = dry;
        this.told = told;
    }

    /**
     * Stamps anew what may be.
     *
     * @param doors of a directory that no process has open
     * @param peers made of what the directory remembers
     * @param dry whether it is only counted
     * @param told hears of each version and its new form, on this thread, before it is durable
     */
    public static Result run(StorageEnvironment doors, Function<StoreNotes, Peers> peers, boolean dry, BiConsumer<Version, Version> told)
            throws IOException, UnusableDirectoryException {
        if (!doors.disk().list().contains(Manifest.NAME)) {
            throw new UnusableDirectoryException(doors.disk().where() + " is no data directory: it has no " + Manifest.NAME);
        }
        try (Store store = Store.open(doors, StorageSettings.OFFLINE)) {
            return new Restamp(store, peers.apply(store.notes()), dry, told).all(doors.clock().wallMs());
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

    /** Whether a version of another node is here that no node with a right clock takes: so the clock of that one was as wrong as ours. */
    private boolean strangers(long wallMs) {
        TreeCursor scan = ahead(RestampChain.doorMs(wallMs));
        while (scan.next()) {
            Optional<Store.StoredVersion> held = store.held(scan.entry());
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

    /** Some keys. */
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
        public void refused(Refusal why) {
            refused = Optional.of(why);
            over = true;
        }

        @Override
        public int bytes() {
            return 0;
        }
    }
}
