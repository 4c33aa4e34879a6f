package kvs.store;

import java.util.Optional;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.tree.Entry;
import kvs.tree.Tree;

/** The state of the store at one moment; it never changes. Keep it no longer than a page of work: it holds memory that is otherwise free. */
final class Root {

    private final Tree tree;
    private final Damage damage;

    Root(Tree tree, Damage damage) {
        this.tree = tree;
        this.damage = damage;
    }

    /** The index: every key, dead ones too. */
    Tree tree() {
        return tree;
    }

    /**
     * The entry of a key, dead ones too.
     *
     * @throws Refusal {@code DAMAGED} when its newest version is unreadable
     */
    Optional<Entry> find(Key key) {
        Optional<Entry> entry = tree.get(key.bytes());
        if (damage.hides(key.bytes(), entry)) {
            throw unreadable(key);
        }
        return entry;
    }

    Damage damage() {
        return damage;
    }

    static Refusal unreadable(Key key) {
        return new Refusal(Reason.DAMAGED, "the newest version of this key is unreadable on this node's disk; older ones are not shown in its"
                + " place. Writing the key again mends it").with("path", key.text());
    }
}
