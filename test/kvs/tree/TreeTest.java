package kvs.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TreeTest {

    @ParameterizedTest
    @CsvSource({"4, 1, 3000", "4, 2, 3000", "5, 3, 3000", "64, 4, 6000", "64, 5, 6000"})
    void doesWhatASortedMapDoes(int width, long seed, int steps) {
        TreeModel model = new TreeModel(seed);
        Editor editor = Tree.empty(width).edit();
        for (int i = 0; i < steps; i++) {
            byte[] key = model.known();
            boolean remove = model.below(1_000) < (i / 500 % 2 == 0 ? 300 : 700);
            if (remove) {
                assertEquals(Optional.ofNullable(model.map.remove(key)), editor.remove(key), "step " + i);
            } else {
                Entry entry = model.entry(key);
                assertEquals(Optional.ofNullable(model.map.put(key, entry)), editor.put(entry), "step " + i);
            }
            if (i % 100 == 99) {
                Tree tree = editor.publish();
                tree.check();
                compare(model, tree);
            }
        }
    }

    private static void compare(TreeModel model, Tree tree) {
        assertEquals(model.summary(KeyRange.all()), tree.summary());
        assertEquals(model.map.values().stream().mapToLong(Entry::timestamp).max().orElse(0),
                tree.ahead(0, 1).latest());
        for (int i = 0; i < 20; i++) {
            KeyRange range = model.range();
            List<Entry> entries = model.entries(range);
            assertEquals(entries, all(tree.scan(range)));
            assertEquals(model.summary(range), tree.summary(range));
            assertEquals(entries.size(), tree.count(range));
            int from = 1_000 + model.below(1_000);
            int to = from + model.below(400);
            assertEquals(entries.stream().filter(e -> e.timestamp() >= from && e.timestamp() < to).toList(),
                    all(tree.changed(range, from, to)));
            List<Entry> expired = entries.stream().filter(e -> !e.deleted() && from >= e.expires()).toList();
            long bytes = expired.stream().mapToLong(e -> e.key().length + e.dataBytes()).sum();
            assertEquals(Optional.of(new ExpiredTotals(expired.size(), bytes)),
                    tree.expired(range, from, Integer.MAX_VALUE));
            assertEquals(model.map.values().stream().filter(e -> e.death() <= to).toList(),
                    all(tree.dead(to)));
            assertEquals(model.map.values().stream().filter(e -> e.timestamp() > from).count(),
                    tree.ahead(from, Integer.MAX_VALUE).count());
            assertTrue(tree.ahead(from, 2).count() <= tree.ahead(from, Integer.MAX_VALUE).count());
            byte[] key = model.known();
            assertEquals(Optional.ofNullable(model.map.get(key)), tree.get(key));
            assertEquals(model.map.headMap(key).size(), tree.rank(key));
            seeks(model.entries(range), tree.scan(range), model);
            seeks(model.map.values().stream().filter(e -> e.death() <= to).toList(), tree.dead(to), model);
        }
        int rank = 0;
        for (Entry entry : model.map.values()) {
            assertEquals(entry, tree.at(rank++).orElseThrow());
        }
        assertTrue(tree.at(rank).isEmpty() && tree.at(-1).isEmpty());
    }

    /** Seeks anywhere, before the first step too: backwards and below the range they do nothing. */
    private static void seeks(List<Entry> expected, TreeCursor scan, TreeModel model) {
        List<Entry> left = new ArrayList<>(expected);
        for (int i = 0; i < 12; i++) {
            if (model.below(2) == 0) {
                byte[] target = model.known();
                scan.seek(target);
                left.removeIf(e -> Arrays.compareUnsigned(e.key(), target) < 0);
            } else {
                assertEquals(!left.isEmpty(), scan.next());
                if (left.isEmpty()) {
                    return;
                }
                assertEquals(left.remove(0), scan.entry());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"4, 11", "64, 12"})
    void neverChangesAPublishedTree(int width, long seed) {
        TreeModel model = new TreeModel(seed);
        Editor editor = Tree.empty(width).edit();
        List<Tree> trees = new ArrayList<>();
        List<List<Entry>> contents = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            for (int j = 0; j < 10; j++) {
                byte[] key = model.known();
                if (model.below(3) == 0) {
                    editor.remove(key);
                    model.map.remove(key);
                } else {
                    Entry entry = model.entry(key);
                    editor.put(entry);
                    model.map.put(key, entry);
                }
            }
            trees.add(editor.publish());
            contents.add(List.copyOf(model.map.values()));
        }
        for (int i = 0; i < trees.size(); i++) {
            trees.get(i).check();
            assertEquals(contents.get(i), all(trees.get(i).scan(KeyRange.all())));
        }
    }

    /**
     * Few keys that are left of many, in an order that leaves every leaf small, do not keep the leaves of the
     * many.
     */
    @ParameterizedTest
    @CsvSource({"4, 3000", "64, 30000"})
    void shrinksAsItsKeysGo(int width, int count) {
        Editor editor = Tree.empty(width).edit();
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            keys.add(new byte[] {(byte) (i >> 8), (byte) i});
        }
        Collections.shuffle(keys, new Random(1));
        TreeModel model = new TreeModel(1);
        keys.forEach(key -> editor.put(model.entry(key)));
        int left = count;
        for (int part = 2; part <= 32; part *= 2) {
            while (left > count / part) {
                editor.remove(keys.get(--left));
            }
            Tree tree = editor.publish();
            tree.check();
            int leaves = 0;
            for (StoredLeaf leaf : tree.runs()) {
                leaves += leaf.entries().isEmpty() ? 0 : 1;
            }
            assertTrue(leaves <= 4 * left / width + 1,
                    leaves + " leaves of " + width + " for " + left + " keys");
        }
        while (left > 0) {
            assertTrue(editor.remove(keys.get(--left)).isPresent());
        }
        assertEquals(RangeTotals.EMPTY, editor.publish().summary());
        assertTrue(!editor.publish().runs().iterator().hasNext() && editor.remove(keys.get(0)).isEmpty());
    }

    @Test
    void hasOneDigestWhateverTheOrderAndTheWidth() {
        TreeModel model = new TreeModel(21);
        for (int i = 0; i < 2_000; i++) {
            Entry entry = model.entry(model.key());
            model.map.put(entry.key(), entry);
        }
        List<Entry> entries = new ArrayList<>(model.map.values());
        byte[] digest = model.summary(KeyRange.all()).digest();
        for (int round = 0; round < 6; round++) {
            Collections.shuffle(entries, new Random(round));
            Editor editor = Tree.empty(round % 2 == 0 ? 4 : 64).edit();
            entries.forEach(editor::put);
            assertArrayEquals(digest, editor.publish().summary().digest());
        }
    }

    @ParameterizedTest
    @CsvSource({"4, 0", "4, 1", "4, 1000", "64, 64", "64, 65", "64, 10000"})
    void isBuiltAgainFromItsRuns(int width, int count) {
        TreeModel model = new TreeModel(count);
        Editor editor = Tree.empty(width).edit();
        for (int i = 0; i < count; i++) {
            editor.put(model.entry(model.key()));
        }
        Tree tree = editor.publish();
        Tree again = Tree.ofRuns(width, tree.runs().iterator());
        again.check();
        assertEquals(tree.summary(), again.summary());
        assertEquals(all(tree.scan(KeyRange.all())), all(again.scan(KeyRange.all())));
    }

    @Test
    void refusesRunsThatNoTreeHas() {
        TreeModel model = new TreeModel(1);
        Entry a = model.entry(new byte[] {1});
        Entry b = model.entry(new byte[] {2});
        for (List<Entry> bad : List.of(List.of(b, a), List.of(a, a), List.<Entry>of(),
                List.of(a, b, a, b, a))) {
            assertThrows(IllegalArgumentException.class,
                    () -> Tree.ofRuns(4, List.of(new StoredLeaf(bad, HashSum.ZERO)).iterator()));
        }
    }

    @Test
    void givesUpOnExpiredOnesBeyondABound() {
        Editor editor = Tree.empty(4).edit();
        for (int i = 0; i < 100; i++) {
            byte[] key = {(byte) i};
            editor.put(Entry.of(key, new Entry.RecordLocation(1, 1, 8, 1), new Entry.VersionStamp(1, i, i),
                    new Entry.Lifetime(5, 0, false), 0));
        }
        Tree tree = editor.publish();
        assertTrue(tree.expired(KeyRange.all(), 5, 10).isEmpty());
        assertEquals(0, tree.expired(KeyRange.all(), 4, 10).orElseThrow().count());
        assertEquals(100, tree.expired(KeyRange.all(), 5, 1_000).orElseThrow().count());
    }

    @Test
    void digestOfNothingIsThatOfFortyZeroBytes() {
        assertArrayEquals(EntryHasher.sha256().digest(new byte[40]), Tree.empty(64).summary().digest());
    }

    private static List<Entry> all(TreeCursor scan) {
        List<Entry> entries = new ArrayList<>();
        while (scan.next()) {
            entries.add(scan.entry());
        }
        return entries;
    }
}
