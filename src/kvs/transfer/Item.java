package kvs.transfer;

import java.util.Optional;
import kvs.auth.AppliesTo;
import kvs.auth.Caller;
import kvs.auth.MetadataList;
import kvs.auth.Ownership;
import kvs.model.Key;

/** What one line says. */
sealed interface Item {

    /** About how many bytes of memory it holds. */
    int bytes();

    /**
     * A document.
     *
     * @param key storable
     * @param json the document, byte for byte
     * @param ttlMs what is left of its life, 0 when it does not end
     */
    record Document(Key key, byte[] json, long ttlMs) implements Item {

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
    record Metadata(String path, Optional<AppliesTo> appliesTo, Ownership.Wish wish) implements Item {

        private static final int FIXED_BYTES = 300;

        /** All of it, as it is set somewhere. */
        static Metadata of(MetadataList.Placed placed) {
            kvs.auth.Metadata set = placed.metadata();
            return new Metadata(placed.path(), Optional.of(placed.appliesTo())
                    .filter(AppliesTo.OWN_KEYS::equals),
                    new Ownership.Wish(Optional.of(set.owner()), Optional.of(set.group()),
                    Optional.of(set.bits())));
        }

        /** Whether it is about the own keys of a user: it can be set only when the key is there. */
        boolean ownKeys() {
            return appliesTo.filter(AppliesTo.OWN_KEYS::equals).isPresent();
        }

        /** The same without an owner whom no other node knows: the operator of the machine, who is no user. */
        Metadata portable() {
            boolean local = wish.owner().filter(Caller.OPERATOR_ID::equals).isPresent();
            return local ? new Metadata(path, appliesTo,
                    new Ownership.Wish(Optional.empty(), wish.group(), wish.bits())) : this;
        }

        @Override
        public int bytes() {
            return FIXED_BYTES + path.length();
        }
    }
}
