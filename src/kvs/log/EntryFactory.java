package kvs.log;

import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import kvs.model.MergeRule;
import kvs.model.Version;
import kvs.tree.Entry;

/** Makes entries of the index from versions. */
public final class EntryFactory {

    private EntryFactory() { }

    /** The entry of a version whose record is at {@code place}. */
    public static Entry of(Version version, int owner, Entry.RecordLocation place) {
        var stamp = new Entry.VersionStamp(version.timestamp(), version.uuid().getMostSignificantBits(),
                version.uuid().getLeastSignificantBits());
        var life = new Entry.Lifetime(version.expires(), version.lineage().shadowsUntil(), version.deleted());
        return Entry.of(version.key().bytes(), place, stamp, life, owner);
    }

    /** An entry as the present version of its key; {@code record} reads its record. */
    public static MergeRule.Present present(Entry entry, Supplier<Optional<Version>> record) {
        return new MergeRule.Present(entry.timestamp(), new UUID(entry.uuidHigh(), entry.uuidLow()),
                entry.deleted(), entry.expires(), record);
    }

    /** Whether an entry is of exactly that version. */
    public static boolean same(Entry entry, Version version) {
        return entry.uuidHigh() == version.uuid().getMostSignificantBits()
                && entry.uuidLow() == version.uuid().getLeastSignificantBits();
    }
}
