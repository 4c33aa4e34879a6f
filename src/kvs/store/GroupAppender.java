package kvs.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.log.BadRecordException;
import kvs.log.CompactedRangeNote;
import kvs.log.DiskReserve;
import kvs.log.EncodedDocument;
import kvs.log.FileSync;
import kvs.log.GroupBuffer;
import kvs.log.HighWatermarks;
import kvs.log.Journal;
import kvs.log.LogHead;
import kvs.log.Manifest;
import kvs.log.Record;
import kvs.log.Segment;
import kvs.log.VersionChain;
import kvs.model.Coverage;
import kvs.model.Dot;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.ReplicationRules;
import kvs.model.Version;
import kvs.model.VersionIdHasher;
import kvs.recovery.StoreNotes;
import kvs.tree.Entry;
import kvs.world.FailureText;

/**
 * The appender of the present group: it numbers the records of the writes and adds them to the group, and
 * keeps the head of the log and the notes as they are after them. A refused write is undone up to its
 * {@link Savepoint}. One object serves all groups, one after the other, on the writer's thread.
 */
final class GroupAppender {

    private final Journal journal;
    private final GroupBuffer group;
    private final HighWatermarks watermarks;
    private final DiskReserve reserve;
    private final VersionIdHasher ids = new VersionIdHasher();
    /** The versions that entered the log in this group. */
    private final List<LoggedVersion> entered = new ArrayList<>();
    private LogHead head;
    private StoreNotes notes;
    private long wallMs;
    private boolean scarce;

    /** The end of the group between two writes. */
    record Savepoint(GroupBuffer.Mark mark, LogHead head, StoreNotes notes, int entered) { }

    GroupAppender(Journal journal, GroupBuffer group, Writer.Dependencies settings) {
        this.journal = journal;
        this.group = group;
        this.watermarks = settings.watermarks();
        this.reserve = settings.reserve();
    }

    /** Begins a group after {@code first}. */
    void begin(LogHead first, StoreNotes known, long wall) {
        head = first;
        notes = known;
        wallMs = wall;
        entered.clear();
        scarce = reserve.scarce();
    }

    Savepoint savepoint() {
        return new Savepoint(group.mark(), head, notes, entered.size());
    }

    /** Removes all that was added since. */
    void rewind(Savepoint to) {
        group.rewind(to.mark);
        head = to.head;
        notes = to.notes;
        entered.subList(to.entered, entered.size()).clear();
    }

    /** The wall time of all writes of the group, Unix ms. */
    long wallMs() {
        return wallMs;
    }

    /** The log, for maintenance. */
    Journal journal() {
        return journal;
    }

    /** The head after the records so far, from which the next group starts when this one is durable. */
    LogHead head() {
        return head;
    }

    /** The notes after the records so far. */
    StoreNotes notes() {
        return notes;
    }

    /** The versions of the group in order. */
    List<LoggedVersion> entered() {
        return List.copyOf(entered);
    }

    /** The coverage after the records so far. */
    Coverage covered() {
        return notes.covered().with(journal.manifest().origin(), head.own());
    }

    /** The highest number of each origin that was ever in the log, or a higher one. */
    Coverage reach() {
        return watermarks.coverage().with(journal.manifest().origin(), head.own());
    }

    /** The position of the next record; all earlier records have a position before it. */
    Entry.RecordLocation place() {
        return new Entry.RecordLocation(journal.segment(), journal.end() + group.position(), 0, 0);
    }

    /** The record of an entry, from the disk or from this group. */
    Record.Put record(Entry entry) throws IOException {
        return pending(entry.segment(), entry.offset())
                ? pending(entry.offset(), entry.recordBytes(), entry.key())
                : journal.segments().record(entry);
    }

    /** The record of an older version of an entry's key, from the disk or from this group. */
    Record.Put record(Entry entry, int index) throws IOException {
        int[] past = entry.past();
        int offset = VersionChain.offset(past, index);
        return pending(VersionChain.segment(past, index), offset) ? pending(offset,
                VersionChain.bytes(past, index), entry.key()) : journal.segments().record(entry, index);
    }

    private boolean pending(int segment, int offset) {
        return segment == journal.segment() && offset >= journal.end();
    }

    private Record.Put pending(int offset, int bytes, byte[] key) throws BadRecordException {
        return Segment.version(group.record(offset - journal.end(), bytes, journal.salt()), key);
    }

    /**
     * Whether older versions are removed with a delete, because space is short. The same for the complete
     * group.
     */
    boolean forgets(Version version) {
        return scarce && version.deleted();
    }

    /** The version that a draft becomes when it is the next record. */
    Version stamp(UnstampedVersion unstamped, EncodedDocument document, UUID owner, Version.Lineage lineage) {
        boolean deleted = unstamped.document().isEmpty();
        Manifest life = journal.manifest();
        return ids.seal(new Version(unstamped.key(), Version.NOBODY,
                head.timestamp(wallMs, lineage.prevTimestamp()), new Dot(life.origin(), head.seq() + 1),
                life.joined(), lineage, unstamped.author(), owner,
                deleted ? Version.FOREVER : unstamped.expires(), deleted, document.raw()));
    }

    /** The tombstone just above a version when it is the next record; see {@link Transaction#bury}. */
    Version tombstone(Version alive) {
        long shadow = ReplicationRules.shadow(false, alive.expires(), alive.lineage().shadowsUntil());
        return ids.seal(new Version(alive.key(), Version.NOBODY, alive.timestamp(),
                new Dot(journal.manifest().origin(), head.seq() + 1), alive.joined() - 1,
                new Version.Lineage(alive.timestamp(), shadow), Version.NOBODY, alive.owner(),
                Version.FOREVER, true, new byte[0]));
    }

    /**
     * The lineage of a version that replaces another one, {@code hidden} when that is unreadable: the time
     * until which replaced versions may be alive is then unknown, for an unreadable one may never expire.
     */
    static Version.Lineage lineage(Optional<Entry> replaced, boolean hidden) {
        long shadow = hidden ? Version.FOREVER : replaced
                .map(e -> ReplicationRules.shadow(e.deleted(), e.expires(), e.shadowsUntil())).orElse(0L);
        return new Version.Lineage(replaced.map(Entry::timestamp).orElse(0L), shadow);
    }

    /** Appends a version to the log, {@code beaten} by the present one or not; the position of its record. */
    Entry.RecordLocation version(Version version, EncodedDocument document, int[] past, boolean own,
            boolean beaten) {
        int start = group.position();
        Record.Put put = new Record.Put(head.seq() + 1, version, document.raw().length, document.packed(),
                !own, !beaten && forgets(version), beaten);
        group.put(journal.salt(), put, document.stored());
        head = head.after(put.seq(), version.timestamp(), wallMs, own);
        if (!own) {
            watermarks.raise(version.dot());
        }
        if (!beaten) {
            entered.add(new LoggedVersion(head.seq(), version.key().bytes(), version.dot(), own));
        }
        return new Entry.RecordLocation(journal.segment(), journal.end() + start, group.position() - start,
                document.raw().length, past);
    }

    /** Appends the purge of a version. */
    void purge(Version dead) {
        supersede(dead);
        head = head.purged(head.seq(), dead.timestamp(), wallMs);
    }

    /** Lets a replay remove a key up to that version; later records of this group replace it. */
    void supersede(Version last) {
        group.purge(journal.salt(), new Record.Purge(head.seq() + 1, last.key(), last.rank()));
        head = head.noted(head.seq() + 1);
    }

    /** See {@link Transaction#note}. */
    void note(String name, byte[] body) {
        Record.Note note = new Record.Note(head.seq() + 1,
                Key.ofBytes(name.getBytes(StandardCharsets.UTF_8)), body);
        if (name.length() + body.length > StoreNotes.BYTES_MAX || name.equals(CompactedRangeNote.NAME)) {
            throw new IllegalArgumentException("a note '" + name + "' of " + body.length + " bytes");
        }
        group.note(journal.salt(), note);
        notes = notes.with(name, body);
        head = head.noted(note.seq());
    }

    /** See {@link Transaction#cover}. */
    void cover(Coverage more) {
        more.numbers().forEach((origin, seq) -> {
            if (!origin.equals(journal.manifest().origin()) && notes.covered().of(origin) < seq) {
                note(StoreNotes.COVERED + origin, StoreNotes.number(seq));
            }
        });
    }

    /** See {@link Transaction#uncover}. */
    void uncover() {
        List.copyOf(notes.covered().numbers().keySet())
                .forEach(origin -> note(StoreNotes.COVERED + origin, new byte[0]));
    }

    /** See {@link Transaction#renew}. */
    void renew(UUID origin, long covered) {
        UUID old = journal.manifest().origin();
        try {
            journal.renew(origin);
        } catch (FileSync.FailedSyncException e) {
            throw new UncheckedIOException(e);
        } catch (IOException e) {
            throw new Refusal(Reason.DISK_FULL,
                    "the disk refused the new id of this directory: " + FailureText.text(e));
        }
        head = head.reborn();
        if (covered > 0) {
            note(StoreNotes.COVERED + old, StoreNotes.number(covered));
        }
    }
}
