/**
 * The index that is the Merkle tree: one persistent (copy-on-write) B+-tree in which every node knows count, size and 256-bit hash sum of
 * what is below it.
 *
 * <p>From this one structure come point reads, ordered scans, snapshots without locks (keep the root), the digest of any range in O(log n),
 * the difference between two nodes (range-based set reconciliation: Meyer, "Range-Based Set Reconciliation", SRDS 2023), the size of any
 * prefix, and what changed or died when. The digest of a set does not depend on the shape of the tree that holds it, so nodes with different
 * histories agree.
 *
 * <p>{@code Tree} is a root; {@code Editor} makes the next one; {@code Scan} walks. {@code Leaf} and {@code Inner} are its nodes, {@code Totals}
 * what they know.
 */
package kvs.tree;
