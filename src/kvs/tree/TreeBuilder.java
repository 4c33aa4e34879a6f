package kvs.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Builds a tree from its leaves upwards, level by level. */
final class TreeBuilder {

    private TreeBuilder() { }

    static Tree of(int width, Iterator<StoredLeaf> runs) {
        Object owner = new Object();
        List<TreeNode> level = new ArrayList<>();
        while (runs.hasNext()) {
            level.add(leaf(owner, width, runs.next(), level));
        }
        if (level.isEmpty()) {
            return Tree.empty(width);
        }
        while (level.size() > 1) {
            level = parents(owner, width, level);
        }
        return new Tree(level.get(0), width);
    }

    private static LeafNode leaf(Object owner, int width, StoredLeaf storedLeaf, List<TreeNode> before) {
        if (storedLeaf.entries().isEmpty() || storedLeaf.entries().size() > width) {
            throw new IllegalArgumentException("run of " + storedLeaf.entries().size() + " entries");
        }
        LeafNode leaf = new LeafNode(owner, width, new NodeTotals());
        Optional<byte[]> last = before.isEmpty() ? Optional.empty()
                : Optional.of(before.get(before.size() - 1)).map(n -> n.key(n.size - 1));
        for (Entry entry : storedLeaf.entries()) {
            if (last.isPresent() && Arrays.compareUnsigned(last.get(), entry.key()) >= 0) {
                throw new IllegalArgumentException("keys out of order");
            }
            last = Optional.of(entry.key());
            leaf.entries[leaf.size++] = entry;
            leaf.totals.add(entry, HashSum.ZERO);
        }
        leaf.totals.sum = storedLeaf.sum();
        leaf.headsAnew();
        return leaf;
    }

    private static List<TreeNode> parents(Object owner, int width, List<TreeNode> level) {
        List<TreeNode> parents = new ArrayList<>();
        for (int i = 0; i < level.size(); i += width) {
            InnerNode parent = new InnerNode(owner, width, new NodeTotals());
            for (TreeNode child : level.subList(i, Math.min(level.size(), i + width))) {
                parent.add(child, child.key(0));
            }
            parent.headsAnew();
            parents.add(parent);
        }
        return parents;
    }
}
