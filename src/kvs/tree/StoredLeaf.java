package kvs.tree;

import java.util.List;

/**
 * A leaf as checkpoints store it: with the stored sum a tree is built again without hashing its entries.
 *
 * @param entries in key order, 1 to the width of the tree
 * @param sum of their hashes
 */
public record StoredLeaf(List<Entry> entries, HashSum sum) { }
