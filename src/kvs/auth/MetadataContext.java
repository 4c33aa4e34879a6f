package kvs.auth;

import java.util.Optional;
import java.util.UUID;
import kvs.store.StoreView;
import kvs.tree.Entry;

/**
 * A path in the state in which something is decided about its metadata.
 *
 * @param path empty for the root
 * @param view the state
 * @param rights of who asks
 * @param living what lives under the path
 */
record MetadataContext(byte[] path, StoreView view, EffectiveRights rights, Optional<Entry> living) {

    Principal caller() {
        return rights.caller();
    }

    SubtreeMetadata subtree() {
        return rights.subtrees().at(path);
    }

    MetadataSlot slot(MetadataSlot.Kind kind, UUID user) {
        return new MetadataSlot(path, kind, user);
    }
}
