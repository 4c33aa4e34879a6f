package kvs.tree;

import java.util.List;

/**
 * One leaf of a tree, for checkpoints: with the sum stored, a tree is built again without hashing its entries.
 *
 * @param entries in key order, 1 to the width of the tree
 * @param sum of their hashes
 */
public record StoredLeaf(List<Entry> entries, HashSum sum) { }
