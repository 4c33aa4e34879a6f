package kvs.store;

import kvs.model.Version;
import kvs.tree.Entry;

/** Makes entries of the index from versions. */
final class Entries {

    private Entries() { }

    static Entry of(Version version, int owner, Entry.Place place) {
        var stamp = new Entry.Stamp(version.timestamp(), version.uuid().getMostSignificantBits(), version.uuid().getLeastSignificantBits());
        var life = new Entry.Life(version.expires(), version.lineage().shadowsUntil(), version.deleted());
        return Entry.of(version.key().bytes(), place, stamp, life, owner);
    }

    /** Whether an entry is that very version. */
    static boolean same(Entry entry, Version version) {
        return entry.uuidHigh() == version.uuid().getMostSignificantBits() && entry.uuidLow() == version.uuid().getLeastSignificantBits();
    }
}
