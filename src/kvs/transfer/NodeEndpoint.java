package kvs.transfer;

/** A node that documents are read from or written to. One thread. */
public interface NodeEndpoint extends DocumentSource, DocumentTarget { }
