package kvs.tree;

/**
 * The entries with a timestamp above a limit, counted without reading most of them: each node holds the
 * lowest and the highest timestamp below it.
 *
 * @param count number of entries, or a lower bound of it
 * @param exact whether there are no more
 * @param latest highest timestamp of all entries, 0 when there is none
 */
public record FutureEntryCount(long count, boolean exact, long latest) {

    /**
     * Counts the entries above {@code limitMs}; after {@code nodesMax} nodes it stops with the count so far.
     */
    static FutureEntryCount of(TreeNode root, long limitMs, int nodesMax) {
        Walk walk = new Walk(limitMs, nodesMax);
        walk.into(root);
        return new FutureEntryCount(walk.count, walk.left >= 0, root.totals.timestampMax);
    }

    private static final class Walk {

        private final long limitMs;
        private int left;
        private long count;

        Walk(long limitMs, int nodesMax) {
            this.limitMs = limitMs;
            this.left = nodesMax;
        }

        /** Counts a subtree; one that is above the limit as a whole, or not at all, is not entered. */
        void into(TreeNode node) {
            if (node.totals.timestampMax <= limitMs || left < 0) {
                return;
            }
            if (node.totals.timestampMin > limitMs) {
                count += node.totals.count;
                return;
            }
            left--;
            for (int i = 0; i < node.size && left >= 0; i++) {
                if (node instanceof InnerNode inner) {
                    into(inner.children[i]);
                } else if (((LeafNode) node).entries[i].timestamp() > limitMs) {
                    count++;
                }
            }
        }
    }
}
