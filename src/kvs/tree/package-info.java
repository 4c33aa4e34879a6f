/**
 * The index that is the Merkle tree: one persistent (copy-on-write) B+-tree in which every node knows count, size and 256-bit hash sum of
 * what is below it.
 *
 * <p>From this one structure come point reads, ordered scans, snapshots without locks (keep the root), the digest of any range in O(log n),
 * the difference between two nodes (range-based set reconciliation: Meyer, "Range-Based Set Reconciliation", SRDS 2023), the size of any
 * prefix, and what changed or died when. The digest of a set does not depend on the shape of the tree that holds it, so nodes with different
 * histories agree.
 *
 * <p>{@code Tree} is a root; {@code Editor} makes the next one, {@code TreeBuilder} one of stored leaves; {@code TreeCursor} walks; {@code TreeCheck} recounts.
 * {@code LeafNode} and {@code InnerNode} are its nodes, {@code NodeTotals} what they know. {@code RangeDiff} is what two nodes do to find their differences,
 * {@code DiffMessage} what they say, {@code DiffMessageBuilder} and {@code DiffMessageDecoder} its writer within bounds and its distrustful reader.
 */
package kvs.tree;
