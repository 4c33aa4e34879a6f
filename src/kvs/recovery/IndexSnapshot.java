package kvs.recovery;

import java.util.Optional;
import kvs.log.DamagedRecords;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.tree.Entry;
import kvs.tree.Tree;

/**
 * The state of the store at one moment; it never changes. Keep it no longer than a page of work: it holds
 * memory that is otherwise free.
 */
public final class IndexSnapshot {

    private final Tree tree;
    private final DamagedRecords damage;
    private final long reservedChanges;

    /** The state that was found when the directory was opened. */
    IndexSnapshot(Tree tree, DamagedRecords damage) {
        this(tree, damage, 0);
    }

    /** A state after {@code reservedChanges} changes of reserved keys since then. */
    public IndexSnapshot(Tree tree, DamagedRecords damage, long reservedChanges) {
        this.tree = tree;
        this.damage = damage;
        this.reservedChanges = reservedChanges;
    }

    /** The number of changes of reserved keys since the directory was opened. */
    public long reservedChanges() {
        return reservedChanges;
    }

    /** The index: every key, dead ones too. */
    public Tree tree() {
        return tree;
    }

    /**
     * The entry of a key, dead ones too.
     *
     * @throws Refusal {@code DAMAGED} when its newest version is unreadable
     */
    public Optional<Entry> find(Key key) {
        Optional<Entry> entry = tree.get(key.bytes());
        if (damage.hides(key.bytes(), entry)) {
            throw unreadable(key);
        }
        return entry;
    }

    /** The damage that was found when the directory was opened. */
    public DamagedRecords damage() {
        return damage;
    }

    /** The refusal of a key whose newest version is unreadable. */
    public static Refusal unreadable(Key key) {
        return new Refusal(Reason.DAMAGED, "the newest version of this key is unreadable on this node's disk;"
                + " older ones are not returned instead. Write the key again to repair it")
                .with("path", key.text());
    }
}
