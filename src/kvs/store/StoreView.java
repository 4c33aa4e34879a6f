package kvs.store;

import java.util.Optional;
import java.util.UUID;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.tree.Entry;
import kvs.tree.Tree;

/**
 * A state of the store that can be looked at: what the last group left ({@link Store#root}, which never changes), or what a transaction sees
 * while it is decided. Rules that are asked before a write and again in the writer's step take either. Keep it no longer than a page of work.
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

    /** Whether records were found unreadable that the index may lack: {@link #find} alone tells of them. */
    boolean damaged();

    /**
     * The version of an entry, its document inflated.
     *
     * @throws Refusal {@code DAMAGED} when it is unreadable; never another version
     */
    Version read(Entry entry);

    /** Who owns the key of an entry. */
    UUID owner(Entry entry);
}
