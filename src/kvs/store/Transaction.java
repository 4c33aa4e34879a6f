package kvs.store;

import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import kvs.log.DamagedRecords;
import kvs.log.DiskReserve;
import kvs.log.DocumentCodec;
import kvs.log.EncodedDocument;
import kvs.log.EntryFactory;
import kvs.log.OwnerNumbers;
import kvs.log.ReplicatedVersion;
import kvs.log.Segment;
import kvs.log.UnreadableKeys;
import kvs.log.VersionChain;
import kvs.model.Coverage;
import kvs.model.Key;
import kvs.model.MergeRule;
import kvs.model.Version;
import kvs.recovery.IndexSnapshot;
import kvs.recovery.StoreNotes;
import kvs.tree.Editor;
import kvs.tree.Entry;
import kvs.tree.Tree;

/**
 * The transaction in which a {@link Write} is decided. Its records are added to the present group; they reach
 * the index only when the complete transaction was decided, so it does not see its own writes, and it may
 * write a key only once. One object serves all writes, one after the other, on the writer's thread.
 */
public final class Transaction implements StoreView {

    private final OwnerNumbers owners;
    private final GroupAppender group;
    private final DocumentCodec codec;
    private final UnreadableKeys unreadableKeys;
    private final DiskReserve reserve;
    private final ConflictResolver conflictResolver;
    private final int history;
    private final IndexWriteSet writeSet;
    private final PendingPurgedWatermarks floors = new PendingPurgedWatermarks();
    private final PurgeRest rest = new PurgeRest();
    private Editor editor;
    private DamagedRecords damage;
    private boolean forced;
    private boolean closed;
    private boolean moved;
    private long reservedChanges;

    Transaction(OwnerNumbers owners, GroupAppender group, Writer.Dependencies settings) {
        this.codec = settings.codec();
        this.unreadableKeys = settings.unreadableKeys();
        this.reserve = settings.reserve();
        this.writeSet = new IndexWriteSet(settings.usage());
        this.conflictResolver = new ConflictResolver(this, group, settings);
        this.history = settings.history();
        this.owners = owners;
        this.group = group;
    }

    /** The wall time of all writes of the group, Unix ms. */
    public long wallMs() {
        return group.wallMs();
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

    @Override
    public long reservedChanges() {
        return reservedChanges;
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
            return Segment.unpacked(group.record(entry), codec);
        } catch (IOException e) {
            unreadableKeys.add(Key.ofBytes(entry.key()));
            throw IndexSnapshot.unreadable(Key.ofBytes(entry.key()));
        }
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
        writeSet.amend(entry);
    }

    @Override
    public UUID owner(Entry entry) {
        return owners.id(entry.owner());
    }

    /** Writes a new version of a key, whether or not the present one is readable. */
    public WriteReceipt put(UnstampedVersion unstamped) {
        Key key = unstamped.key();
        reserve.check(key, unstamped.document().isEmpty());
        Optional<Entry> replaced = editor.get(key.bytes());
        EncodedDocument document = unstamped.document().orElse(EncodedDocument.NONE);
        Version version = group.stamp(unstamped, document, owner(unstamped, replaced),
                GroupAppender.lineage(replaced, hidden(key, replaced)));
        MergeRule.Outcome outcome = MergeRule.decide(
                MergeRule.Arriving.written(version, group.forgets(version)),
                replaced.map(old -> EntryFactory.present(old, Optional::empty)), hidden(key, replaced));
        append(version, document, past(outcome, replaced), true);
        return new WriteReceipt(version.uuid(), version.timestamp(), version.expires(), group.head().seq(),
                replaced.filter(e -> !e.deadAt(wallMs())).isEmpty());
    }

    /** The past of a version that wins over the entry that its key had. */
    int[] past(MergeRule.Outcome outcome, Optional<Entry> replaced) {
        return replaced.map(old -> VersionChain.after(outcome, old.past(), VersionChain.place(old), history))
                .orElse(VersionChain.NONE);
    }

    /** Makes a version the present one; the position of its record. */
    Entry.RecordLocation append(Version version, EncodedDocument document, int[] past, boolean own) {
        Entry.RecordLocation place = group.version(version, document, past, own, false);
        writeSet.put(EntryFactory.of(version, owners.number(version.owner()), place));
        return place;
    }

    /** The position of the next record; all earlier records have a position before it. */
    public Entry.RecordLocation place() {
        return group.place();
    }

    /** The number of the last record. */
    public long seq() {
        return group.head().seq();
    }

    /** The highest number of each origin that was ever in the log, or a higher one. */
    public Coverage reach() {
        return group.reach();
    }

    /** The notes, with the earlier writes of the group, and of this transaction. */
    public StoreNotes notes() {
        return group.notes();
    }

    /** Writes a note; an empty body removes it. */
    public void note(String name, byte[] body) {
        group.note(name, body);
    }

    /**
     * Notes that every version of an origin up to a number is present, superseded, or purged. This
     * directory's own origin needs no note.
     */
    public void cover(Coverage more) {
        group.cover(more);
    }

    /** Removes the coverage of other origins: this directory has lost unknown records. */
    public void uncover() {
        group.uncover();
    }

    /**
     * Begins a new life: this directory is a copy, or was reset to an older state, and its numbers may have
     * been assigned before. Of the previous life it covers the numbers that it had when it was opened.
     *
     * @param origin id of the new life
     * @param covered covered number of the old one
     */
    public void renew(UUID origin, long covered) {
        group.renew(origin, covered);
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
        return conflictResolver.merge(arrival, mends);
    }

    /** The coverage, with the earlier writes of the group. */
    public Coverage covered() {
        return group.covered();
    }

    /**
     * Purges a version from the index, unless another one is present, or purges rest; whether it did. The
     * record of the purge is fsynced whatever the durability setting, before the key leaves the index.
     */
    public boolean purge(Version dead) {
        byte[] key = dead.key().bytes();
        if (rest.includes(key) || editor.get(key).filter(e -> EntryFactory.same(e, dead)).isEmpty()) {
            return false;
        }
        group.purge(dead);
        writeSet.purge(dead.key());
        floors.purged(dead, wallMs(), notes(), covered());
        return true;
    }

    /**
     * Ends a living version that another site had, and of which it has nothing any more: a tombstone of this
     * directory that supersedes exactly that version, and none that is newer. Whether the version was still
     * the present one.
     */
    public boolean bury(Version alive) {
        Optional<Entry> present = editor.get(alive.key().bytes())
                .filter(entry -> EntryFactory.same(entry, alive));
        present.ifPresent(entry -> append(group.tombstone(alive), EncodedDocument.NONE,
                past(MergeRule.Outcome.SUPERSEDES, present), true));
        return present.isPresent();
    }

    /** Points the index to a copy, if it still points to the original record. */
    void move(IndexWriteSet.RecordMove move) {
        writeSet.move(move);
    }

    /** Counts the records of a copied segment other than versions as live. */
    void kept(int segment, long bytes) {
        writeSet.kept(segment, bytes);
    }

    /** The group, for the writes of the store itself. */
    GroupAppender group() {
        return group;
    }

    /** See {@link Store#purgeRest}. */
    PurgeRest rest() {
        return rest;
    }

    /** Makes the group durable whatever the durability setting. */
    public void force() {
        forced = true;
    }

    /** Begins a group on the index in {@code edited}, which is that of {@code root}. */
    void begin(Editor edited, IndexSnapshot root) {
        editor = edited;
        damage = root.damage();
        reservedChanges = root.reservedChanges();
        forced = false;
        closed = false;
        moved = false;
    }

    /** Decides one write: completely, or without a trace. Exceptions of the write are rethrown. */
    void run(Write write) {
        GroupAppender.Savepoint before = group.savepoint();
        writeSet.clear();
        floors.clear();
        try {
            write.decide(this);
            floors.note(this);
        } catch (RuntimeException | Error e) {
            group.rewind(before);
            throw e;
        }
        forced |= writeSet.purges();
        if (writeSet.reserved()) {
            closed = true;
            reservedChanges++;
        }
        moved |= writeSet.apply(editor, unreadableKeys);
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

    /** Whether the group must be durable before its writes complete. */
    boolean forced() {
        return forced;
    }

    /**
     * The owner of a new version. A new key belongs to its creator; a write that replaces or deletes a living
     * value keeps its owner.
     */
    private UUID owner(UnstampedVersion unstamped, Optional<Entry> replaced) {
        return unstamped.owner().orElseGet(() -> replaced.filter(e -> !e.deadAt(wallMs())).map(this::owner)
                .orElse(unstamped.author()));
    }
}
