/**
 * The documents of this node, and the operations on them. Reads use one root of the store and never wait;
 * each write is one transaction of the store's writer, checked there (conditions, mode, expiry) and
 * acknowledged when it is durable.
 *
 * <p>A caller passes an {@link Operation} or a list of them to {@link Documents} and gets an
 * {@link OperationOutcome} of each. {@link Listing} and {@link RangePage} make pages of the key space,
 * {@link BulkOperations} deletes, touches or restores whole subtrees, {@link HistoryReader} shows older
 * versions, {@link Changes} reports what is new since a {@link ClientPosition}, {@link Watches} parks waiting
 * readers, and {@link Purger} removes the dead.
 *
 * <p>Expiry is a time in the version: an expired version is dead for every reader at once, and nothing is
 * written when it dies. So there is one rule for all reads: an entry that is {@code deadAt(now)} is absent.
 *
 * <p>Threads: stages of writes complete on the store's writer thread; continuations there must be quick, or
 * run elsewhere. There is no HTTP and no JSON in here: documents are bytes.
 */
package kvs.documents;
