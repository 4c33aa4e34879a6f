package kvs.tree;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A recount that cannot fail proves nothing: each fault is planted in a good tree of two leaves. */
class TreeCheckTest {

    private static final int WIDTH = 4;
    private final TreeModel model = new TreeModel(1);
    private final LeafNode left = leaf(10, 20, 30);
    private final LeafNode right = leaf(40, 50);
    private final InnerNode root = new InnerNode(this, WIDTH, new NodeTotals());

    TreeCheckTest() {
        root.add(left, left.key(0));
        root.add(right, right.key(0));
        root.headsAnew();
    }

    private LeafNode leaf(int... keys) {
        LeafNode leaf = new LeafNode(this, WIDTH, new NodeTotals());
        EntryHasher hash = new EntryHasher();
        for (int key : keys) {
            Entry entry = model.entry(new byte[] {(byte) key, 7});
            leaf.entries[leaf.size++] = entry;
            leaf.totals.add(entry, hash.of(entry));
        }
        leaf.headsAnew();
        return leaf;
    }

    private void assertNames(String fault, Consumer<TreeCheckTest> plant) {
        TreeCheckTest tree = new TreeCheckTest();
        new Tree(tree.root, WIDTH).check();
        plant.accept(tree);
        String text = assertThrows(AssertionError.class, () -> new Tree(tree.root, WIDTH).check(), fault)
                .getMessage();
        assertTrue(text.contains(fault), text);
    }

    @Test
    void namesEveryTotalThatIsWrong() {
        assertNames("counted", tree -> tree.left.totals.count++);
        assertNames("counted", tree -> tree.root.totals.count--);
        assertNames("counted", tree -> tree.right.totals.live++);
        assertNames("counted", tree -> tree.root.totals.bytes++);
        assertNames("counted",
                tree -> tree.left.totals.sum = tree.left.totals.sum.plus(new HashSum(0, 0, 0, 1)));
        assertNames("counted", tree -> tree.root.totals.sum = HashSum.ZERO);
        assertNames("counted", tree -> tree.left.totals.timestampMin--);
        assertNames("counted", tree -> tree.right.totals.timestampMax++);
        assertNames("counted", tree -> tree.root.totals.expiresMin = 1);
        assertNames("counted", tree -> tree.left.totals.deathMin = 1);
    }

    @Test
    void namesAnEntryThatWasExchanged() {
        assertNames("counted", tree -> tree.left.entries[1] = model.entry(tree.left.key(1)));
    }

    @Test
    void namesKeysOutOfOrder() {
        assertNames("keys out of order", tree -> {
            Entry entry = tree.left.entries[1];
            tree.left.entries[1] = tree.left.entries[2];
            tree.left.entries[2] = entry;
            tree.left.headsAnew();
        });
    }

    @Test
    void namesWrongHeadsAndSeparators() {
        assertNames("head 1 of 3", tree -> tree.left.heads[1]++);
        assertNames("separator above its child", tree -> {
            tree.root.remove(1);
            tree.root.insert(1, tree.right, new byte[] {45});
        });
        assertNames("separator not above", tree -> {
            tree.root.remove(1);
            tree.root.insert(1, tree.right, new byte[] {25});
        });
    }

    @Test
    void namesLeavesAtDifferentDepthsAndEmptyNodes() {
        assertNames("different depths", tree -> {
            InnerNode between = new InnerNode(this, WIDTH, new NodeTotals());
            between.add(tree.right, tree.right.key(0));
            between.headsAnew();
            tree.root.children[1] = between;
        });
        assertNames("empty node", tree -> tree.root.insert(2, leaf(), new byte[] {60}));
    }
}
