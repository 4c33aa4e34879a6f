package kvs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import kvs.log.EncodedDocument;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.sim.SimClock;
import kvs.store.Store;
import kvs.store.Transaction;
import kvs.store.UnstampedVersion;
import kvs.store.Write;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.FileDisk;
import kvs.world.Logger;

/**
 * {@code make conflict DIRS="one two"}: writes one key with one timestamp into two new data directories, so
 * that two nodes that are then started on them and meet must decide which one wins: that of the first
 * directory, which is older.
 */
public final class Conflict {

    private static final String KEY = "test/conflict/data";
    private static final long OLDER_MS = 60_000;

    private Conflict() { }

    /** Writes the two directories. */
    public static void main(String[] args) throws IOException, UnusableDirectoryException {
        if (args.length != 2) {
            System.err.println("two directories are wanted");
            System.exit(2);
        }
        long now = Clock.REAL.wallMs();
        write(Path.of(args[0]), now - OLDER_MS, now, "{\"from\":\"the older node\"}");
        write(Path.of(args[1]), now - OLDER_MS / 2, now, "{\"from\":\"the younger node\"}");
        System.out.println("wrote " + KEY + " with timestamp " + now + " into " + args[0]
                + " and " + args[1]);
    }

    private static void write(Path directory, long joined, long timestamp, String json)
            throws IOException, UnusableDirectoryException {
        SimClock clock = new SimClock();
        clock.setWall(joined);
        try (Store store = Store.open(new StorageEnvironment(FileDisk.open(directory), clock, Dice.real(),
                Logger.none()), StorageSettings.DEFAULT)) {
            clock.setWall(timestamp);
            store.submit(new Put(store, json));
            store.step();
        }
    }

    /** One document. */
    private record Put(Store store, String json) implements Write {

        @Override
        public void decide(Transaction transaction) {
            EncodedDocument document = store.codec().pack(json.getBytes(StandardCharsets.UTF_8));
            transaction.put(new UnstampedVersion(Key.of(KEY), Optional.of(document), Version.FOREVER,
                    Version.NOBODY));
        }

        @Override
        public void refused(Refusal refusal) {
            throw refusal;
        }

        @Override
        public int bytes() {
            return json.length();
        }
    }
}
