package kvs.tree;

/**
 * Entries of a range that are expired but not deleted.
 *
 * @param count of them
 * @param bytes of their keys and documents
 */
public record ExpiredTotals(long count, long bytes) { }
