package kvs.tree;

/**
 * The totals of the entries of a range that are expired but not deleted.
 *
 * @param count number of entries
 * @param bytes of their keys and documents
 */
public record ExpiredTotals(long count, long bytes) { }
