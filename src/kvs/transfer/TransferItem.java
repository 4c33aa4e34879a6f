package kvs.transfer;

import java.util.Optional;
import kvs.auth.MetadataAdmin;
import kvs.auth.MetadataList;
import kvs.auth.MetadataScope;
import kvs.auth.Principal;
import kvs.model.Key;

/** The content of one line. */
sealed interface TransferItem {

    /** Approximate bytes of memory. */
    int bytes();

    /**
     * A document.
     *
     * @param key storable
     * @param json the document, byte for byte
     * @param ttlMs the rest of its life, 0 when it does not expire
     */
    record DocumentItem(Key key, byte[] json, long ttlMs) implements TransferItem {

        private static final int FIXED_BYTES = 100;

        @Override
        public int bytes() {
            return FIXED_BYTES + key.bytes().length + json.length;
        }
    }

    /**
     * The metadata of a path.
     *
     * @param path a key or a path above keys, empty for the root
     * @param appliesTo the keys it applies to, empty for those of the subtree
     * @param update the values to set; for own keys the owner is the user whose keys they are
     */
    record MetadataItem(String path, Optional<MetadataScope> appliesTo, MetadataAdmin.MetadataUpdate update)
            implements TransferItem {

        private static final int FIXED_BYTES = 300;

        /** The complete metadata of a path as an item. */
        static MetadataItem of(MetadataList.ListedMetadata placed) {
            kvs.auth.Metadata set = placed.metadata();
            return new MetadataItem(placed.path(), Optional.of(placed.appliesTo())
                    .filter(MetadataScope.OWN_KEYS::equals),
                    new MetadataAdmin.MetadataUpdate(Optional.of(set.owner()), Optional.of(set.group()),
                    Optional.of(set.bits())));
        }

        /** Whether it applies to the own keys of a user: it can be set only once the key exists. */
        boolean ownKeys() {
            return appliesTo.filter(MetadataScope.OWN_KEYS::equals).isPresent();
        }

        /** The item without an owner unknown to other nodes: the operator of the machine, who is no user. */
        MetadataItem portable() {
            boolean local = update.owner().filter(Principal.OPERATOR_ID::equals).isPresent();
            return local ? new MetadataItem(path, appliesTo,
                    new MetadataAdmin.MetadataUpdate(Optional.empty(), update.group(), update.bits())) : this;
        }

        @Override
        public int bytes() {
            return FIXED_BYTES + path.length();
        }
    }
}
