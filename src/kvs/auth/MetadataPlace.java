package kvs.auth;

import java.util.Optional;
import java.util.UUID;
import kvs.store.View;
import kvs.tree.Entry;

/**
 * A path in the state in which something is decided about its metadata.
 *
 * @param path empty for the root
 * @param view the state
 * @param rights of who asks
 * @param living what lives under the path
 */
record MetadataPlace(byte[] path, View view, Rights rights, Optional<Entry> living) {

    Caller caller() {
        return rights.caller();
    }

    Subtree subtree() {
        return rights.subtrees().at(path);
    }

    Slot slot(Slot.Kind kind, UUID user) {
        return new Slot(path, kind, user);
    }
}
