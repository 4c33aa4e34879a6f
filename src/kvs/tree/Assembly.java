package kvs.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Builds a tree from its leaves upwards, level by level. */
final class Assembly {

    private Assembly() { }

    static Tree of(int width, Iterator<Run> runs) {
        Object owner = new Object();
        List<Node> level = new ArrayList<>();
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

    private static Leaf leaf(Object owner, int width, Run run, List<Node> before) {
        if (run.entries().isEmpty() || run.entries().size() > width) {
            throw new IllegalArgumentException("run of " + run.entries().size() + " entries");
        }
        Leaf leaf = new Leaf(owner, width, new Totals());
        Optional<byte[]> last = before.isEmpty() ? Optional.empty() : Optional.of(before.get(before.size() - 1)).map(n -> n.key(n.size - 1));
        for (Entry entry : run.entries()) {
            if (last.isPresent() && Arrays.compareUnsigned(last.get(), entry.key()) >= 0) {
                throw new IllegalArgumentException("keys out of order");
            }
            last = Optional.of(entry.key());
            leaf.entries[leaf.size++] = entry;
            leaf.totals.add(entry, Sum.ZERO);
        }
        leaf.totals.sum = run.sum();
        leaf.headsAnew();
        return leaf;
    }

    private static List<Node> parents(Object owner, int width, List<Node> level) {
        List<Node> parents = new ArrayList<>();
        for (int i = 0; i < level.size(); i += width) {
            Inner parent = new Inner(owner, width, new Totals());
            for (Node child : level.subList(i, Math.min(level.size(), i + width))) {
                parent.add(child, child.key(0));
            }
            parent.headsAnew();
            parents.add(parent);
        }
        return parents;
    }
}
