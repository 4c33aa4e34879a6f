/**
 * The index that is the Merkle tree: one persistent (copy-on-write) B+-tree in which every node holds count,
 * size and 256-bit hash sum of the entries below it.
 *
 * <p>This one structure gives point reads, ordered scans, snapshots without locks (keep the root), the digest
 * of any range in O(log n), the difference between two nodes (range-based set reconciliation: Meyer,
 * "Range-Based Set Reconciliation", SRDS 2023), the size of any prefix, and the entries that changed or died
 * in an interval. The digest of a set does not depend on the shape of the tree that holds it, so nodes with
 * different histories agree.
 *
 * <p>{@code Tree} is a root; {@code Editor} makes the next root, {@code TreeBuilder} makes one from stored
 * leaves; {@code TreeCursor} scans; {@code TreeCheck} recounts. The nodes of a tree are {@code LeafNode} and
 * {@code InnerNode}, their totals {@code NodeTotals}. {@code RangeDiff} finds the differences of two trees,
 * {@code DiffMessage} is the format of its messages, {@code DiffMessageBuilder} fills one within its bounds,
 * and {@code DiffMessageDecoder} reads one without trusting it.
 */
package kvs.tree;
