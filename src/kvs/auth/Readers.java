package kvs.auth;

import java.util.List;

/** The members of the cluster that read what is stored here. */
@FunctionalInterface
public interface Readers {

    /** A node that is alone. */
    Readers ALONE = List::of;

    /**
     * The ids of members of a version that cannot read the records of own-keys metadata and of owners of
     * subtrees yet.
     */
    List<String> older();
}
