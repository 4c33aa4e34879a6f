package kvs.documents;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.Store;
import kvs.store.StoreView;
import kvs.store.VersionReader;
import kvs.tree.Entry;
import kvs.world.Clock;

/**
 * The older versions of keys, as far as the caller may see them by present rights: a caller who may not read
 * a key sees nothing of its history, and a dead key is read like an absent path. Thread-safe.
 */
public final class HistoryReader {

    private static final byte[] NOTHING = {};

    private final Store store;
    private final Clock clock;

    HistoryReader(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * The versions of a key that the caller sees; empty when there are none.
     *
     * @throws Refusal as {@link Documents#find}
     */
    public Optional<KeyHistory> of(Key key, AccessContext access) {
        StoreView root = store.root();
        long now = clock.wallMs();
        AccessContext.Grants grants = access.on(root);
        Optional<Entry> living = Documents.find(root, key, now, grants);
        if (living.isPresent() || key.reserved()) {
            return living.map(entry -> timeline(root, entry, true, grants));
        }
        Optional<Entry> dead = root.tree().get(key.bytes()).filter(entry -> entry.deadAt(now));
        return dead.map(entry -> timeline(root, entry, false, grants))
                .filter(timeline -> !timeline.shown().isEmpty());
    }

    /** The same for an entry of a scan of {@code root}; empty also when the caller may not read there. */
    Optional<KeyHistory> of(StoreView root, Entry entry, long now, AccessContext.Grants grants) {
        boolean living = !entry.deadAt(now);
        if (living ? !grants.shows(entry) : !open(entry, grants)) {
            return Optional.empty();
        }
        return Optional.of(timeline(root, entry, living, grants))
                .filter(timeline -> !timeline.shown().isEmpty());
    }

    /** Whether the caller may know that the key of a dead entry is absent. */
    static boolean open(Entry dead, AccessContext.Grants grants) {
        try {
            return grants.see(Key.ofBytes(dead.key()), Optional.empty()).isEmpty();
        } catch (Refusal forbidden) {
            return false;
        }
    }

    private KeyHistory timeline(StoreView root, Entry entry, boolean living, AccessContext.Grants grants) {
        List<KeyHistory.Revision> kept = new ArrayList<>();
        kept.add(new KeyHistory.Revision(KeyHistory.PRESENT, present(entry), entry.dataBytes(), false));
        int place = 0;
        for (VersionReader.OlderVersion old : store.olderVersions(entry)) {
            int bytes = old.version().map(version -> version.data().length).orElse(0);
            kept.add(new KeyHistory.Revision(place++, old.version().map(HistoryReader::bare), bytes,
                    old.conflict()));
        }
        return new KeyHistory(entry, kept, root.owner(entry), living, grants::showsOld);
    }

    private Optional<Version> present(Entry entry) {
        try {
            return Optional.of(bare(store.read(entry)));
        } catch (Refusal refusal) {
            if (refusal.reason() != Reason.DAMAGED) {
                throw refusal;
            }
            return Optional.empty();
        }
    }

    /** The version without its document: all documents of a history would need too much memory. */
    private static Version bare(Version one) {
        return new Version(one.key(), one.uuid(), one.timestamp(), one.dot(), one.joined(), one.lineage(),
                one.author(), one.owner(), one.expires(), one.deleted(), NOTHING);
    }

    /**
     * The version with that id that the caller sees, with its document; empty when it is not kept.
     *
     * @throws Refusal {@code DAMAGED} when it is unreadable, or may be an unreadable one
     */
    public Optional<Version> version(KeyHistory timeline, UUID uuid) {
        Optional<KeyHistory.Revision> found = timeline.find(uuid);
        if (found.isEmpty() && timeline.showsDamage()) {
            throw new Refusal(Reason.DAMAGED,
                    "a version of this key, perhaps this one, is unreadable on the disk of this node");
        }
        return found.map(revision -> read(timeline, revision));
    }

    /**
     * A version with its document.
     *
     * @throws Refusal {@code DAMAGED} when it is unreadable
     */
    public Version read(KeyHistory timeline, KeyHistory.Revision revision) {
        if (revision.current()) {
            return store.read(timeline.entry());
        }
        return store.olderVersions(timeline.entry()).get(revision.place()).version().orElseThrow(
                () -> new Refusal(Reason.DAMAGED, "this version is unreadable on the disk of this node"));
    }

    /** The result of {@code read}; it is repeated when the log was compacted meanwhile. */
    public static <T> T steady(Supplier<T> read) {
        for (int i = 1; i < DocumentLimits.TRIES_MAX; i++) {
            try {
                return read.get();
            } catch (Refusal refusal) {
                if (refusal.reason() != Reason.BUSY) {
                    throw refusal;
                }
            }
        }
        return read.get();
    }
}
