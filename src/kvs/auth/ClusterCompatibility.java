package kvs.auth;

import java.util.List;

/** The members of the cluster that must be able to read a record before its kind is written. */
public interface ClusterCompatibility {

    /** A node that is alone. */
    ClusterCompatibility ALONE = new ClusterCompatibility() {
        @Override
        public boolean all() {
            return true;
        }

        @Override
        public List<String> older() {
            return List.of();
        }
    };

    /** Whether all that may come back read the records of own-keys metadata and of owners of subtrees. */
    boolean all();

    /** The ids of members that are known not to. */
    List<String> older();
}
