package kvs.tree;

import java.util.Arrays;

/** Recounts a tree by brute force. */
final class TreeCheck {

    private final EntryHasher hash = new EntryHasher();
    private final int width;
    private byte[] last = {};
    private boolean any;

    TreeCheck(int width) {
        this.width = width;
    }

    /** Checks {@code node} and everything below it; returns its height. */
    int node(TreeNode node) {
        node.checkHeads();
        require(node.width() == width && node.size <= width,
                "size " + node.size + " of width " + node.width());
        NodeTotals totals = new NodeTotals();
        int height = node instanceof LeafNode leaf ? leaf(leaf, totals) : inner((InnerNode) node, totals);
        require(totals.same(node.totals), "totals " + node.totals + ", counted " + totals);
        return height;
    }

    private int leaf(LeafNode leaf, NodeTotals totals) {
        for (int i = 0; i < leaf.size; i++) {
            Entry entry = leaf.entries[i];
            require(!any || Arrays.compareUnsigned(last, entry.key()) < 0, "keys out of order");
            totals.add(entry, hash.of(entry));
            last = entry.key();
            any = true;
        }
        return 0;
    }

    private int inner(InnerNode inner, NodeTotals totals) {
        int height = -1;
        for (int i = 0; i < inner.size; i++) {
            require(inner.children[i].size > 0, "empty node");
            require(i == 0 || Arrays.compareUnsigned(last, inner.key(i)) < 0,
                    "separator not above what is before it");
            require(i == 0 || Arrays.compareUnsigned(inner.key(i), Tree.first(inner.children[i]).key()) <= 0,
                    "separator above its child");
            int childHeight = node(inner.children[i]);
            require(height < 0 || height == childHeight, "leaves at different depths");
            height = childHeight;
            totals.add(inner.children[i].totals);
        }
        return height + 1;
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
