package kvs.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.model.Dot;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.model.Rules;
import kvs.model.Version;
import kvs.model.VersionId;
import kvs.tree.Editor;
import kvs.tree.Entry;

/**
 * What a {@link Write} sees and does while it is decided. Its writes go into the group that is being made; they reach the index only when
 * the whole transaction was decided, so it does not see its own writes, and it may write a key only once.
 *
 * <p>One object serves all writes, one after the other, on the writer's thread.
 */
public final class Transaction {

    private final Journal journal;
    private final Owners owners;
    private final GroupBuffer group;
    private final VersionId ids = new VersionId();
    private final List<Entry> puts = new ArrayList<>();
    private final List<Key> purges = new ArrayList<>();
    private Editor editor;
    private Damage damage;
    private Head head;
    private long wallMs;
    private boolean forced;

    Transaction(Journal journal, Owners owners, GroupBuffer group) {
        this.journal = journal;
        this.owners = owners;
        this.group = group;
    }

    /** One wall time for all writes of the group, Unix ms. */
    public long wallMs() {
        return wallMs;
    }

    /**
     * What the index has for a key, dead versions too; sees the earlier writes of the group.
     *
     * @throws Refusal {@code DAMAGED} when the newest version is unreadable
     */
    public Optional<Entry> current(Key key) {
        Optional<Entry> entry = editor.get(key.bytes());
        if (damage.hides(key.bytes(), entry)) {
            throw Root.unreadable(key);
        }
        return entry;
    }

    /** Who owns the key of an entry. */
    public UUID owner(Entry entry) {
        return owners.id(entry.owner());
    }

    /** Writes a new version of a key, whether or not the present one is readable. */
    public Receipt put(Draft draft) {
        Key key = draft.key();
        Optional<Entry> replaced = editor.get(key.bytes());
        Document document = draft.document().orElse(Document.NONE);
        Version version = stamp(draft, document, replaced);
        int start = group.position();
        group.put(journal.salt(), head.seq() + 1, version, document);
        var place = new Entry.Place(journal.segment(), journal.end() + start, group.position() - start, document.raw().length);
        puts.add(Entries.of(version, owners.number(version.owner()), place));
        head = head.after(head.seq() + 1, version.timestamp(), wallMs);
        return new Receipt(version.uuid(), version.timestamp(), version.expires(), replaced.filter(e -> !e.deadAt(wallMs)).isEmpty());
    }

    /**
     * Takes a dead version out of the index for good, unless another one is current. The record of it is fsynced whatever the durability,
     * before the key leaves the index.
     */
    public void purge(Version dead) {
        if (editor.get(dead.key().bytes()).filter(e -> Entries.same(e, dead)).isEmpty()) {
            return;
        }
        group.purge(journal.salt(), new Record.Purge(head.seq() + 1, dead.key(), dead.rank()));
        purges.add(dead.key());
        head = head.purged(head.seq() + 1, dead.timestamp());
    }

    /** Makes the group durable whatever the durability. */
    void force() {
        forced = true;
    }

    /** Begins a group on top of what {@code edited} holds. */
    void begin(Editor edited, Damage known, Head from, long wall) {
        editor = edited;
        damage = known;
        head = from;
        wallMs = wall;
        forced = false;
    }

    /** Decides one write: wholly, or it leaves no trace. What it throws is thrown on. */
    void run(Write write) {
        GroupBuffer.Mark mark = group.mark();
        Head before = head;
        puts.clear();
        purges.clear();
        try {
            write.decide(this);
        } catch (RuntimeException | Error e) {
            group.rewind(mark);
            head = before;
            throw e;
        }
        forced |= !purges.isEmpty();
        puts.forEach(editor::put);
        purges.forEach(key -> editor.remove(key.bytes()));
    }

    /** Whether the group must be durable before it is answered. */
    boolean forced() {
        return forced;
    }

    /** What the next group starts from when this one is durable. */
    Head head() {
        return head;
    }

    private Version stamp(Draft draft, Document document, Optional<Entry> replaced) {
        boolean deleted = draft.document().isEmpty();
        long previous = replaced.map(Entry::timestamp).orElse(0L);
        Manifest life = journal.manifest();
        return ids.seal(new Version(draft.key(), Version.NOBODY, Rules.timestamp(wallMs, head.nodeClock(), previous),
                new Dot(life.origin(), head.seq() + 1), life.joined(), new Version.Lineage(previous, shadow(draft.key(), replaced)),
                draft.author(), replaced.map(this::owner).orElse(draft.author()), deleted ? Version.FOREVER : draft.expires(), deleted,
                document.raw()));
    }

    /** An unreadable version may have lived for ever. */
    private long shadow(Key key, Optional<Entry> replaced) {
        if (damage.hides(key.bytes(), replaced)) {
            return Version.FOREVER;
        }
        return replaced.map(e -> Rules.shadow(e.deleted(), e.expires(), e.shadowsUntil())).orElse(0L);
    }
}
