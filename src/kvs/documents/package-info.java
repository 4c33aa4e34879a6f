/**
 * The local truth: what this node holds, and what may be done with it. Reads look at one root of the store and never wait; writes are one
 * transaction of the store's writer each, judged there (conditions, mode, expiry) and acknowledged when they are durable.
 *
 * <p>A caller brings an {@link kvs.documents.Operation} or a list of them to {@link kvs.documents.Documents} and gets an {@link kvs.documents.OperationOutcome} of each.
 * Pages of the key space are cut by {@link kvs.documents.Listing} and {@link kvs.documents.RangePage}, whole subtrees are deleted, given a new expiry
 * or put back by {@link kvs.documents.BulkOperations}, what was here before is shown by {@link kvs.documents.HistoryReader}, waiting readers are parked in
 * {@link kvs.documents.Watches}, and the dead leave through {@link kvs.documents.Purger}.
 *
 * <p>Expiry is a time in the version: a version whose time has come is dead for every reader at once, and nothing is written when it dies.
 * So there is one rule for all reads: an entry that is {@code deadAt(now)} is not here.
 *
 * <p>Threads: stages of writes complete on the store's writer thread; who continues there must be quick, or continue elsewhere. There is no
 * HTTP and no JSON in here: documents are bytes.
 */
package kvs.documents;
