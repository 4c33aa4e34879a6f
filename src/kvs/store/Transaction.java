package kvs.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.log.BadRecordException;
import kvs.log.DiskReserve;
import kvs.log.DocumentCodec;
import kvs.log.EncodedDocument;
import kvs.log.EntryFactory;
import kvs.log.FileSync;
import kvs.log.GroupBuffer;
import kvs.log.HighWatermarks;
import kvs.log.Journal;
import kvs.log.LogDamage;
import kvs.log.LogHead;
import kvs.log.LogSummary;
import kvs.log.Manifest;
import kvs.log.Record;
import kvs.log.ReplicatedVersion;
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
import kvs.tree.Editor;
import kvs.tree.Entry;
import kvs.tree.Tree;
import kvs.world.FailureText;

/**
 * The transaction in which a {@link Write} is decided. Its records are added to the present group; they reach
 * the index only when the complete transaction was decided, so it does not see its own writes, and it may
 * write a key only once. One object serves all writes, one after the other, on the writer's thread.
 */
public final class Transaction implements StoreView {

    private final Journal journal;
    private final OwnerTable owners;
    private final GroupBuffer group;
    private final DocumentCodec packer;
    private final HighWatermarks reach;
    private final UnreadableKeys spoiled;
    private final VersionIdHasher ids = new VersionIdHasher();
    private final DiskReserve reserve;
    private final ConflictResolver merging;
    private final int history;
    private final IndexWriteSet effects;
    /** The versions that entered the log in this group. */
    private final List<LoggedVersion> entered = new ArrayList<>();
    private final PendingPurgeFloor floors = new PendingPurgeFloor();
    private Editor editor;
    private LogDamage damage;
    private LogHead head;
    private StoreNotes notes;
    private long wallMs;
    private boolean forced;
    private boolean closed;
    private boolean moved;
    private boolean scarce;

    Transaction(Journal journal, OwnerTable owners, GroupBuffer group, Writer.Dependencies settings) {
        this.packer = settings.packer();
        this.reach = settings.reach();
        this.spoiled = settings.spoiled();
        this.reserve = settings.reserve();
        this.effects = new IndexWriteSet(settings.usage());
        this.merging = new ConflictResolver(this, spoiled, settings);
        this.history = settings.history();
        this.journal = journal;
        this.owners = owners;
        this.group = group;
    }

    /** The wall time of all writes of the group, Unix ms. */
    public long wallMs() {
        return wallMs;
    }

    /** The entry of a key, with the earlier writes of the group. */
    @Override
    public Optional<Entry> find(Key key) {
        Optional<Entry> entry = editor.get(key.bytes());
        if (damage.hides(key.bytes(), entry)) {
            throw IndexSnapshot.unreadable(key);
        }
        return entry;
    }

    @Override
    public boolean damaged() {
        return damage.any();
    }

    /** The index with the earlier writes of the group; valid until this write is decided. */
    @Override
    public Tree tree() {
        return editor.view();
    }

    /** Reads the version from the disk, or from the present group. */
    @Override
    public Version read(Entry entry) {
        try {
            return Segment.unpacked(record(entry), packer);
        } catch (IOException e) {
            spoiled.add(Key.ofBytes(entry.key()));
            throw IndexSnapshot.unreadable(Key.ofBytes(entry.key()));
        }
    }

    /** The record of an entry. */
    Record.Put record(Entry entry) throws IOException {
        return pending(entry.segment(), entry.offset())
                ? pending(entry.offset(), entry.recordBytes(), entry.key()) : journal.record(entry);
    }

    /** The record of an older version of an entry's key. */
    Record.Put record(Entry entry, int index) throws IOException {
        int[] past = entry.past();
        int offset = VersionChain.offset(past, index);
        return pending(VersionChain.segment(past, index), offset) ? pending(offset,
                VersionChain.bytes(past, index), entry.key()) : journal.record(entry, index);
    }

    private boolean pending(int segment, int offset) {
        return segment == journal.segment() && offset >= journal.end();
    }

    private Record.Put pending(int offset, int bytes, byte[] key) throws BadRecordException {
        return Segment.version(group.record(offset - journal.end(), bytes, journal.salt()), key);
    }

    /** The entry of a key, readable or not. */
    Optional<Entry> current(Key key) {
        return editor.get(key.bytes());
    }

    /** Whether the newest version of a key is unreadable. */
    boolean hidden(Key key, Optional<Entry> current) {
        return damage.hides(key.bytes(), current);
    }

    /** Changes only the past of an entry. */
    void amend(Entry entry) {
        effects.amend(entry);
    }

    @Override
    public UUID owner(Entry entry) {
        return owners.id(entry.owner());
    }

    /** Writes a new version of a key, whether or not the present one is readable. */
    public WriteReceipt put(UnstampedVersion draft) {
        Key key = draft.key();
        reserve.check(key, draft.document().isEmpty());
        Optional<Entry> replaced = editor.get(key.bytes());
        EncodedDocument document = draft.document().orElse(EncodedDocument.NONE);
        Version version = stamp(draft, document, replaced);
        int[] past = replaced.filter(old -> !forgets(version)).map(old ->
                VersionChain.with(VersionChain.resolved(old.past()), VersionChain.place(old), false, history))
                .orElse(VersionChain.NONE);
        append(version, document, past, true);
        return new WriteReceipt(version.uuid(), version.timestamp(), version.expires(), head.seq(),
                replaced.filter(e -> !e.deadAt(wallMs)).isEmpty());
    }

    /**
     * Whether older versions are removed with a delete, because space is short. The same for the complete
     * group.
     */
    boolean forgets(Version version) {
        return scarce && version.deleted();
    }

    /** Makes a version the present one; the position of its record. */
    Entry.RecordLocation append(Version version, EncodedDocument document, int[] past, boolean own) {
        Entry.RecordLocation place = log(version, document, past, own, false);
        effects.put(EntryFactory.of(version, owners.number(version.owner()), place));
        entered.add(new LoggedVersion(head.seq(), version.key().bytes(), version.dot(), own));
        return place;
    }

    /** Appends a version to the log, {@code beaten} by the present one or not; the position of its record. */
    Entry.RecordLocation log(Version version, EncodedDocument document, int[] past, boolean own,
            boolean beaten) {
        int start = group.position();
        Record.Put put = new Record.Put(head.seq() + 1, version, document.raw().length, document.packed(),
                !own, !beaten && forgets(version), beaten);
        group.put(journal.salt(), put, document.stored());
        head = head.after(put.seq(), version.timestamp(), wallMs, own);
        if (!own) {
            reach.raise(version.dot());
        }
        return new Entry.RecordLocation(journal.segment(), journal.end() + start, group.position() - start,
                document.raw().length, past);
    }

    /** The position of the next record; all earlier records have a position before it. */
    public Entry.RecordLocation place() {
        return new Entry.RecordLocation(journal.segment(), journal.end() + group.position(), 0, 0);
    }

    /** The number of the last record. */
    public long seq() {
        return head.seq();
    }

    /** The highest number of each origin that was ever in the log, or a higher one. */
    public Coverage reach() {
        return reach.coverage().with(journal.manifest().origin(), head.own());
    }

    /** The notes, with the earlier writes of the group, and of this transaction. */
    public StoreNotes notes() {
        return notes;
    }

    /** Writes a note; an empty body removes it. */
    public void note(String name, byte[] body) {
        Record.Note note = new Record.Note(head.seq() + 1,
                Key.ofBytes(name.getBytes(StandardCharsets.UTF_8)), body);
        if (name.length() + body.length > StoreNotes.BYTES_MAX || name.equals(LogSummary.NAME)) {
            throw new IllegalArgumentException("a note '" + name + "' of " + body.length + " bytes");
        }
        group.note(journal.salt(), note);
        notes = notes.with(name, body);
        head = head.noted(note.seq());
    }

    /**
     * Notes that every version of an origin up to a number is present, superseded, or purged. This
     * directory's own origin needs no note.
     */
    public void cover(Coverage more) {
        more.numbers().forEach((origin, seq) -> {
            if (!origin.equals(journal.manifest().origin()) && notes.covered().of(origin) < seq) {
                note(StoreNotes.COVERED + origin, StoreNotes.number(seq));
            }
        });
    }

    /** Removes the coverage of other origins: this directory has lost unknown records. */
    public void uncover() {
        List.copyOf(notes.covered().numbers().keySet())
                .forEach(origin -> note(StoreNotes.COVERED + origin, new byte[0]));
    }

    /**
     * Begins a new life: this directory is a copy, or was reset to an older state, and its numbers may have
     * been assigned before. Of the previous life it covers the numbers that it had when it was opened.
     *
     * @param origin id of the new life
     * @param covered covered number of the old one
     */
    public void renew(UUID origin, long covered) {
        UUID old = journal.manifest().origin();
        try {
            journal.renew(origin);
        } catch (FileSync.FailedSync e) {
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

    /** The result of a merge of a version from another node. */
    public enum MergeResult {
        /** The version is the newest now. */
        TAKEN,
        /** A version that is as new or newer is present. */
        BEATEN,
        /** The version is too far in the future to be accepted now. */
        EARLY,
        /** The present version is unreadable, so the order of the two is unknown. */
        UNREADABLE
    }

    /**
     * Merges a version that was written elsewhere, if it is greater than the present one: its fields stay
     * unchanged, only its position in this log is new. A dead version that is covered and absent was purged
     * here, and stays so. A version that loses against one that was written concurrently goes into the past
     * of the key.
     *
     * @param mends whether it may replace an unreadable version: it is known to be at least as new
     */
    public MergeResult merge(ReplicatedVersion arrival, boolean mends) {
        return merging.merge(arrival, mends);
    }

    /** The coverage, with the earlier writes of the group. */
    public Coverage covered() {
        return notes.covered().with(journal.manifest().origin(), head.own());
    }

    /**
     * Purges a version from the index, unless another one is present; whether it did. The record of the purge
     * is fsynced whatever the durability setting, before the key leaves the index.
     */
    public boolean purge(Version dead) {
        if (editor.get(dead.key().bytes()).filter(e -> EntryFactory.same(e, dead)).isEmpty()) {
            return false;
        }
        supersede(dead);
        effects.purge(dead.key());
        floors.purged(dead, wallMs);
        head = head.purged(head.seq(), dead.timestamp(), wallMs);
        return true;
    }

    /** Lets a replay remove a key up to that version; later records of this group replace it. */
    void supersede(Version last) {
        group.purge(journal.salt(), new Record.Purge(head.seq() + 1, last.key(), last.rank()));
        head = head.noted(head.seq() + 1);
    }

    /** Points the index to a copy, if it still points to the original record. */
    void move(IndexWriteSet.RecordMove move) {
        effects.move(move);
    }

    /** Counts the records of a copied segment other than versions as live. */
    void kept(int segment, long bytes) {
        effects.kept(segment, bytes);
    }

    /** The log, for maintenance. */
    Journal journal() {
        return journal;
    }

    /** Makes the group durable whatever the durability setting. */
    void force() {
        forced = true;
    }

    /** Begins a group on the state in {@code edited}. */
    void begin(Editor edited, LogState from, LogHead first, long wall) {
        editor = edited;
        damage = from.root().damage();
        head = first;
        notes = from.notes();
        wallMs = wall;
        entered.clear();
        forced = false;
        closed = false;
        moved = false;
        scarce = reserve.scarce();
    }

    /** Decides one write: completely, or without a trace. Exceptions of the write are rethrown. */
    void run(Write write) {
        GroupBuffer.Mark mark = group.mark();
        LogHead before = head;
        StoreNotes known = notes;
        int told = entered.size();
        effects.clear();
        floors.clear();
        try {
            write.decide(this);
            floors.note(this);
        } catch (RuntimeException | Error e) {
            group.rewind(mark);
            head = before;
            notes = known;
            entered.subList(told, entered.size()).clear();
            throw e;
        }
        forced |= effects.purges();
        closed |= effects.reserved();
        moved |= effects.apply(editor, spoiled);
    }

    /** Whether entries moved without a write to the log. */
    boolean moved() {
        return moved;
    }

    /**
     * Whether the group must end here: writes to reserved keys affect the decisions on later writes, which
     * read them from the disk.
     */
    boolean closed() {
        return closed;
    }

    /** The versions of the group in order. */
    List<LoggedVersion> entered() {
        return List.copyOf(entered);
    }

    /** Whether the group must be durable before its writes complete. */
    boolean forced() {
        return forced;
    }

    /** The head from which the next group starts when this one is durable. */
    LogHead head() {
        return head;
    }

    private Version stamp(UnstampedVersion draft, EncodedDocument document, Optional<Entry> replaced) {
        boolean deleted = draft.document().isEmpty();
        long previous = replaced.map(Entry::timestamp).orElse(0L);
        Manifest life = journal.manifest();
        return ids.seal(new Version(draft.key(), Version.NOBODY, head.timestamp(wallMs, previous),
                new Dot(life.origin(), head.seq() + 1), life.joined(), new Version.Lineage(previous,
                        shadow(draft.key(), replaced)), draft.author(), owner(draft, replaced),
                deleted ? Version.FOREVER : draft.expires(), deleted, document.raw()));
    }

    /**
     * The owner of a new version. A new key belongs to its creator; a write that replaces or deletes a living
     * value keeps its owner.
     */
    private UUID owner(UnstampedVersion draft, Optional<Entry> replaced) {
        return draft.owner().orElseGet(() -> replaced.filter(e -> !e.deadAt(wallMs)).map(this::owner)
                .orElse(draft.author()));
    }

    /** The time until which replaced versions may be alive; an unreadable one may never expire. */
    private long shadow(Key key, Optional<Entry> replaced) {
        return hidden(key, replaced) ? Version.FOREVER : replaced
                .map(e -> ReplicationRules.shadow(e.deleted(), e.expires(), e.shadowsUntil())).orElse(0L);
    }
}
