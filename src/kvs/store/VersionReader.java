package kvs.store;

import java.io.IOException;
import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import kvs.deflate.TextChecksums;
import kvs.log.DocumentCodec;
import kvs.log.EntryFactory;
import kvs.log.Journal;
import kvs.log.Record;
import kvs.log.ReplicatedVersion;
import kvs.log.Segment;
import kvs.log.StorageEnvironment;
import kvs.log.UnreadableKeys;
import kvs.log.VersionChain;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.recovery.IndexSnapshot;
import kvs.recovery.LogState;
import kvs.tree.Entry;
import kvs.world.Clock;
import kvs.world.FailureText;
import kvs.world.Logger;

/**
 * Reads the versions of entries, present and past. A reader may hold an old state whose records compaction
 * has moved since: then the version is read at its new position. Thread-safe.
 */
public final class VersionReader {

    /** The time for which a read of an unreadable record of the history is a problem. */
    private static final long RECENT_NANOS = TimeUnit.SECONDS.toNanos(55);

    private final Journal journal;
    private final DocumentCodec codec;
    private final UnreadableKeys unreadableKeys;
    private final Logger log;
    private final Clock clock;
    private final Supplier<LogState> state;
    private final ChecksumCache checksums = new ChecksumCache();
    private final AtomicLong unreadable = new AtomicLong();
    private volatile long unreadableNanos;

    /**
     * An older version of a key.
     *
     * @param version the version, its document inflated; empty when it is unreadable
     * @param conflict whether it lost a conflict that is not resolved
     */
    public record OlderVersion(Optional<Version> version, boolean conflict) { }

    /**
     * The version of an entry as it is in the log.
     *
     * @param put its record in this log
     */
    public record StoredVersion(Record.Put put) {

        /** The number in this log. */
        public long seq() {
            return put.seq();
        }

        /** The version, its document as it is stored. */
        public Version version() {
            return put.version();
        }

        /** The encoded form for other nodes, see {@link ReplicatedVersion}. */
        public byte[] frame() {
            return ReplicatedVersion.encode(put);
        }
    }

    VersionReader(Journal journal, DocumentCodec codec, UnreadableKeys unreadableKeys,
            StorageEnvironment environment, Supplier<LogState> state) {
        this.journal = journal;
        this.codec = codec;
        this.unreadableKeys = unreadableKeys;
        this.log = environment.log();
        this.clock = environment.clock();
        this.state = state;
    }

    /** The number of reads that found an unreadable record. */
    long unreadable() {
        return unreadable.get();
    }

    /**
     * Whether a read found an unreadable record a moment ago, or would again because the record was not
     * rewritten.
     */
    boolean troubled() {
        return unreadable.get() > 0
                && (clock.nanos() - unreadableNanos < RECENT_NANOS || !unreadableKeys.list().isEmpty());
    }

    private void count() {
        unreadableNanos = clock.nanos();
        unreadable.incrementAndGet();
    }

    /** The version of an entry; a {@link Refusal} {@code DAMAGED} when it is unreadable. */
    Version read(Entry entry) {
        try {
            return Segment.unpacked(record(entry), codec);
        } catch (IOException e) {
            met(entry, e);
            throw IndexSnapshot.unreadable(Key.ofBytes(entry.key()));
        }
    }

    /** The document of an entry in its stored form; a {@link Refusal} {@code DAMAGED} when unreadable. */
    StoredDocument readStored(Entry entry) {
        try {
            Record.Put put = record(entry);
            byte[] stored = put.version().data();
            return new StoredDocument(stored, put.packed() ? Optional.of(sums(put)) : Optional.empty());
        } catch (IOException e) {
            met(entry, e);
            throw IndexSnapshot.unreadable(Key.ofBytes(entry.key()));
        }
    }

    private TextChecksums sums(Record.Put put) throws IOException {
        Optional<TextChecksums> known = checksums.get(put.version().uuid());
        if (known.isPresent()) {
            return known.get();
        }
        TextChecksums sums = codec.checksums(put.version().data(), put.rawBytes());
        checksums.put(put.version().uuid(), sums);
        return sums;
    }

    /** The version of an entry as it is in the log; empty when it is unreadable. */
    Optional<StoredVersion> held(Entry entry) {
        try {
            return Optional.of(new StoredVersion(record(entry)));
        } catch (IOException e) {
            met(entry, e);
            return Optional.empty();
        }
    }

    private void met(Entry entry, IOException e) {
        Key key = Key.ofBytes(entry.key());
        count();
        unreadableKeys.add(key);
        log.warn("unreadable record", "key", key.text(), "segment", entry.segment(), "offset", entry.offset(),
                "why", FailureText.text(e));
    }

    /**
     * The older versions of an entry's key, none of them in memory before it is accessed: a thousand large
     * documents would fill the memory.
     */
    List<OlderVersion> past(Entry entry) {
        return new AbstractList<>() {

            @Override
            public OlderVersion get(int index) {
                int i = Objects.checkIndex(index, size());
                return new OlderVersion(past(entry, i), VersionChain.conflict(entry.past(), i));
            }

            @Override
            public int size() {
                return VersionChain.count(entry.past());
            }
        };
    }

    private Optional<Version> past(Entry entry, int index) {
        try {
            return Optional.of(Segment.unpacked(journal.segments().record(entry, index), codec));
        } catch (IOException e) {
            if (journal.replaced(VersionChain.segment(entry.past(), index))) {
                throw new Refusal(Reason.BUSY,
                        "the log was compacted during the read of this history; read again");
            }
            count();
            log.warn("unreadable record of the history", "key", Key.ofBytes(entry.key()).text(),
                    "why", FailureText.text(e));
            return Optional.empty();
        }
    }

    private Record.Put record(Entry entry) throws IOException {
        try {
            return journal.segments().record(entry);
        } catch (IOException e) {
            if (!journal.replaced(entry.segment())) {
                throw e;
            }
            return moved(entry);
        }
    }

    private Record.Put moved(Entry old) throws IOException {
        Optional<Entry> present = state.get().root().tree().get(old.key());
        if (present.isPresent() && present.get().uuidHigh() == old.uuidHigh()
                && present.get().uuidLow() == old.uuidLow()) {
            return journal.segments().record(present.get());
        }
        for (int i = 0; present.isPresent() && i < VersionChain.count(present.get().past()); i++) {
            Record.Put put = journal.segments().record(present.get(), i);
            if (EntryFactory.same(old, put.version())) {
                return put;
            }
        }
        throw new Refusal(Reason.BUSY,
                "the version was replaced and purged during the read; read again");
    }
}
