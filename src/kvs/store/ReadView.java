package kvs.store;

import java.util.Optional;
import java.util.UUID;
import kvs.model.Key;
import kvs.model.Version;
import kvs.recovery.IndexSnapshot;
import kvs.tree.Entry;
import kvs.tree.Tree;

/** A published state for readers. */
record ReadView(IndexSnapshot root, Store store) implements StoreView {

    @Override
    public Tree tree() {
        return root.tree();
    }

    @Override
    public Optional<Entry> find(Key key) {
        return root.find(key);
    }

    @Override
    public boolean damaged() {
        return root.damage().any();
    }

    @Override
    public long reservedChanges() {
        return root.reservedChanges();
    }

    @Override
    public Version read(Entry entry) {
        return store.read(entry);
    }

    @Override
    public UUID owner(Entry entry) {
        return store.owner(entry);
    }
}
