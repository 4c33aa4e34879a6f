package kvs.auth;

import java.util.Optional;
import java.util.UUID;
import kvs.store.StoreView;
import kvs.tree.Entry;

/**
 * A path with the state in which its metadata is decided.
 *
 * @param path empty for the root
 * @param view the state
 * @param rights the caller's rights
 * @param living the live entry of the path
 */
record MetadataContext(byte[] path, StoreView view, EffectiveRights rights, Optional<Entry> living) {

    Principal caller() {
        return rights.caller();
    }

    InheritedMetadata subtree() {
        return rights.subtrees().at(path);
    }

    MetadataKey slot(MetadataKey.Kind kind, UUID user) {
        return new MetadataKey(path, kind, user);
    }
}
