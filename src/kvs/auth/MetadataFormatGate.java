package kvs.auth;

import java.util.List;

/** The members of the cluster that must be able to read a record before its kind is written. */
public interface MetadataFormatGate {

    /** A node that is alone. */
    MetadataFormatGate ALONE = new MetadataFormatGate() {
        @Override
        public boolean all() {
            return true;
        }

        @Override
        public List<String> older() {
            return List.of();
        }
    };

    /**
     * Whether all members that may return can read the records of own-keys metadata and of owners of
     * subtrees.
     */
    boolean all();

    /** The ids of members that are known not to be able to. */
    List<String> older();
}
