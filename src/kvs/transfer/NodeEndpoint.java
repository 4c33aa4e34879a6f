package kvs.transfer;

/** A node, from which documents come or into which they go. One thread. */
public interface NodeEndpoint extends DocumentSource, DocumentTarget { }
