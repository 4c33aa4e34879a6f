package kvs.cluster;

/** The stages of a node that joins a cluster. */
public enum JoinStage {
    /** The node has no data yet. */
    EMPTY,
    /** The node has users, tokens, groups and metadata. */
    ACCOUNTS,
    /** The node has all data. */
    JOINED
}
