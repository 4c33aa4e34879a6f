package kvs.store;

import java.util.Optional;
import java.util.UUID;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.tree.Entry;
import kvs.tree.Tree;

/**
 * A view of a state of the store: the state after the last group ({@link Store#root}, which never changes),
 * or the state that a transaction sees while it is decided. Rules that are checked before a write and again
 * in the writer's step accept either. Keep it no longer than a page of work.
 */
public interface StoreView {

    /** The index: every key, dead ones too. */
    Tree tree();

    /**
     * The entry of a key, dead ones too.
     *
     * @throws Refusal {@code DAMAGED} when its newest version is unreadable
     */
    Optional<Entry> find(Key key);

    /** Whether there are unreadable records that the index may lack: only {@link #find} reports them. */
    boolean damaged();

    /**
     * The version of an entry, its document inflated.
     *
     * @throws Refusal {@code DAMAGED} when it is unreadable; never another version
     */
    Version read(Entry entry);

    /**
     * The number of writes to reserved keys since the store was opened: users, groups, tokens and metadata
     * are the same in two views of a store with the same number.
     */
    long reservedChanges();

    /** The owner of an entry's key. */
    UUID owner(Entry entry);
}
