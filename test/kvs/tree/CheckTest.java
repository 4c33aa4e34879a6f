package kvs.tree;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A recount that cannot fail proves nothing: each fault is planted in a good tree of two leaves. */
class CheckTest {

    private static final int WIDTH = 4;
    private final Model model = new Model(1);
    private final Leaf left = leaf(10, 20, 30);
    private final Leaf right = leaf(40, 50);
    private final Inner root = new Inner(this, WIDTH, new Totals());

    CheckTest() {
        root.add(left, left.key(0));
        root.add(right, right.key(0));
        root.headsAnew();
    }

    private Leaf leaf(int... keys) {
        Leaf leaf = new Leaf(this, WIDTH, new Totals());
        EntryHash hash = new EntryHash();
        for (int key : keys) {
            Entry entry = model.entry(new byte[] {(byte) key, 7});
            leaf.entries[leaf.size++] = entry;
            leaf.totals.add(entry, hash.of(entry));
        }
        leaf.headsAnew();
        return leaf;
    }

    private void assertNames(String fault, Consumer<CheckTest> plant) {
        CheckTest tree = new CheckTest();
        new Tree(tree.root, WIDTH).check();
        plant.accept(tree);
        String text = assertThrows(AssertionError.class, () -> new Tree(tree.root, WIDTH).check(), fault).getMessage();
        assertTrue(text.contains(fault), text);
    }

    @Test
    void namesEveryTotalThatIsWrong() {
        assertNames("counted", tree -> tree.left.totals.count++);
        assertNames("counted", tree -> tree.root.totals.count--);
        assertNames("counted", tree -> tree.right.totals.live++);
        assertNames("counted", tree -> tree.root.totals.bytes++);
        assertNames("counted", tree -> tree.left.totals.sum = tree.left.totals.sum.plus(new Sum(0, 0, 0, 1)));
        assertNames("counted", tree -> tree.root.totals.sum = Sum.ZERO);
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
            Inner between = new Inner(this, WIDTH, new Totals());
            between.add(tree.right, tree.right.key(0));
            between.headsAnew();
            tree.root.children[1] = between;
        });
        assertNames("empty node", tree -> tree.root.insert(2, leaf(), new byte[] {60}));
    }
}
