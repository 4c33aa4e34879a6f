package kvs.transfer;

import java.util.Optional;
import kvs.auth.AppliesTo;
import kvs.auth.MetadataAdmin;
import kvs.auth.MetadataList;
import kvs.auth.Principal;
import kvs.model.Key;

/** What one line says. */
sealed interface TransferItem {

    /** About how many bytes of memory it holds. */
    int bytes();

    /**
     * A document.
     *
     * @param key storable
     * @param json the document, byte for byte
     * @param ttlMs what is left of its life, 0 when it does not end
     */
    record DocumentItem(Key key, byte[] json, long ttlMs) implements TransferItem {

        private static final int FIXED_BYTES = 100;

        @Override
        public int bytes() {
            return FIXED_BYTES + key.bytes().length + json.length;
        }
    }

    /**
     * What is set on a path.
     *
     * @param path that of a key or above keys, empty for the root
     * @param appliesTo for which keys, empty for those of the subtree
     * @param wish what to set; of own keys the owner is whose they are
     */
    record MetadataItem(String path, Optional<AppliesTo> appliesTo, MetadataAdmin.MetadataUpdate wish) implements TransferItem {

        private static final int FIXED_BYTES = 300;

        /** All of it, as it is set somewhere. */
        static MetadataItem of(MetadataList.ListedMetadata placed) {
            kvs.auth.Metadata set = placed.metadata();
            return new MetadataItem(placed.path(), Optional.of(placed.appliesTo())
                    .filter(AppliesTo.OWN_KEYS::equals),
                    new MetadataAdmin.MetadataUpdate(Optional.of(set.owner()), Optional.of(set.group()),
                    Optional.of(set.bits())));
        }

        /** Whether it is about the own keys of a user: it can be set only when the key is there. */
        boolean ownKeys() {
            return appliesTo.filter(AppliesTo.OWN_KEYS::equals).isPresent();
        }

        /** The same without an owner whom no other node knows: the operator of the machine, who is no user. */
        MetadataItem portable() {
            boolean local = wish.owner().filter(Principal.OPERATOR_ID::equals).isPresent();
            return local ? new MetadataItem(path, appliesTo,
                    new MetadataAdmin.MetadataUpdate(Optional.empty(), wish.group(), wish.bits())) : this;
        }

        @Override
        public int bytes() {
            return FIXED_BYTES + path.length();
        }
    }
}
