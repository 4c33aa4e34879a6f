package kvs.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import kvs.sim.Depth;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RangeDiffTest {

    private static final int KEYS = Depth.of(30_000, 1_000_000);
    /** Enough for several messages. */
    private static final int MANY = Depth.of(20_000, 60_000);

    /** The differences that a complete exchange found, and its cost. */
    private record Cost(List<RangeDiff.Difference> found, long bytes, int trips) { }

    private static Cost exchange(Tree mine, Tree theirs, KeyRange range)
            throws DiffMessage.MalformedException {
        List<RangeDiff.Difference> found = new ArrayList<>();
        long bytes = 0;
        int trips = 0;
        DiffMessage request = RangeDiff.begin(mine, range);
        while (!request.parts().isEmpty()) {
            byte[] asked = request.encode();
            byte[] answer = RangeDiff.answer(theirs, DiffMessage.decode(asked)).encode();
            assertTrue(asked.length <= DiffMessage.BYTES_MAX && answer.length <= DiffMessage.BYTES_MAX);
            bytes += asked.length + answer.length;
            trips++;
            RangeDiff.DiffRound step = RangeDiff.next(mine, DiffMessage.decode(answer));
            found.addAll(step.differences());
            request = step.request();
            assertTrue(trips < 10_000, "no end");
        }
        return new Cost(found, bytes, trips);
    }

    private static Tree tree(TreeModel model) {
        Editor editor = Tree.empty(4).edit();
        model.map.values().forEach(editor::put);
        return editor.publish();
    }

    private static void assertFinds(TreeModel mine, TreeModel theirs, KeyRange range)
            throws DiffMessage.MalformedException {
        TreeSet<byte[]> keys = new TreeSet<>(Arrays::compareUnsigned);
        keys.addAll(mine.map.keySet());
        keys.addAll(theirs.map.keySet());
        keys.removeIf(key -> mine.map.get(key) == theirs.map.get(key) || !range.contains(key));
        List<RangeDiff.Difference> found = new ArrayList<>(exchange(tree(mine), tree(theirs), range).found);
        found.sort((a, b) -> Arrays.compareUnsigned(a.key(), b.key()));
        assertEquals(keys.size(), found.size());
        int i = 0;
        for (byte[] key : keys) {
            RangeDiff.Difference difference = found.get(i++);
            assertArrayEquals(key, difference.key());
            assertEquals(mine.map.get(key), difference.mine().orElse(null));
            Entry other = theirs.map.get(key);
            assertEquals(other != null, difference.theirs().isPresent());
            assertTrue(other == null || difference.theirs().get().uuidLow() == other.uuidLow()
                    && difference.theirs().get().timestamp() == other.timestamp());
        }
    }

    @Tag(Depth.DEEP)
    @Test
    void findsWhatAComparisonOfAllKeysFinds() throws DiffMessage.MalformedException {
        for (int seed = 0; seed < Depth.of(40, 400); seed++) {
            TreeModel mine = new TreeModel(seed);
            TreeModel theirs = new TreeModel(seed + 1_000);
            for (int i = mine.below(200) * mine.below(2); i > 0; i--) {
                Entry entry = mine.entry(mine.key());
                mine.map.put(entry.key(), entry);
                theirs.map.put(entry.key(), entry);
            }
            for (int i = mine.below(60); i > 0; i--) {
                TreeModel model = mine.below(2) == 0 ? mine : theirs;
                Entry entry = model.entry(model.known());
                if (model.below(3) == 0) {
                    model.map.remove(entry.key());
                } else {
                    model.map.put(entry.key(), entry);
                }
            }
            if (seed % 10 == 0) {
                (seed % 20 == 0 ? mine : theirs).map.clear();
            }
            assertFinds(mine, theirs, KeyRange.all());
            KeyRange range = mine.range();
            if (!range.empty()) {
                assertFinds(mine, theirs, range);
            }
        }
    }

    private static Entry entry(long n, long version) {
        byte[] key = ("users/" + Long.toHexString(n * 0x9E3779B97F4A7C15L) + "/profile")
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        return Entry.of(key, new Entry.RecordLocation(1, 1, 8, 100),
                new Entry.VersionStamp(version, n, version), new Entry.Lifetime(Entry.FOREVER, 0, false), 0);
    }

    @Tag(Depth.DEEP)
    @Test
    void findsTenDifferencesInManyKeysCheaply() throws DiffMessage.MalformedException {
        Editor editor = Tree.empty(Tree.WIDTH).edit();
        for (int i = 0; i < KEYS; i++) {
            editor.put(entry(i, 1));
        }
        Tree base = editor.publish();
        for (long seed = 1; seed <= 5; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Editor other = base.edit();
            for (int i = 0; i < 10; i++) {
                int which = random.nextInt(KEYS);
                switch (i % 3) {
                    case 0 -> other.put(entry(which, 2));
                    case 1 -> other.put(entry(KEYS + which, 1));
                    default -> other.remove(entry(which, 1).key());
                }
            }
            Cost cost = exchange(base, other.publish(), KeyRange.all());
            System.out.println(KEYS + " keys, 10 differences: " + cost.bytes + " bytes, " + cost.trips
                    + " round trips");
            assertEquals(10, cost.found.size());
            assertTrue(cost.bytes <= 16 * 1_024 && cost.trips <= 4,
                    cost.bytes + " bytes, " + cost.trips + " trips");
        }
    }

    @Tag(Depth.DEEP)
    @Test
    void boundsEveryMessageWhenEverythingDiffers() throws DiffMessage.MalformedException {
        Editor left = Tree.empty(Tree.WIDTH).edit();
        Editor right = Tree.empty(Tree.WIDTH).edit();
        for (int i = 0; i < MANY; i++) {
            left.put(entry(i, 1));
            right.put(entry(i, 2));
        }
        Tree empty = Tree.empty(Tree.WIDTH);
        assertEquals(MANY, exchange(left.publish(), right.publish(), KeyRange.all()).found.size());
        assertEquals(MANY, exchange(empty, right.publish(), KeyRange.all()).found.size());
        assertEquals(MANY, exchange(right.publish(), empty, KeyRange.all()).found.size());
        assertEquals(0, exchange(right.publish(), right.publish(), KeyRange.all()).found.size());
    }

    private static Entry plain(byte[] key, long version) {
        return Entry.of(key, new Entry.RecordLocation(1, 1, 8, 1),
                new Entry.VersionStamp(version, key.length, version),
                new Entry.Lifetime(Entry.FOREVER, 0, false), 0);
    }

    /** Short keys are their own shortest separators; long ones fill a message with a few. */
    @Tag(Depth.DEEP)
    @Test
    void boundsMessagesOfVeryShortAndVeryLongKeys() throws DiffMessage.MalformedException {
        for (int length : new int[] {3, 4_096}) {
            int count = length == 3 ? Depth.of(15_000, 40_000) : 400;
            Editor left = Tree.empty(Tree.WIDTH).edit();
            Editor right = Tree.empty(Tree.WIDTH).edit();
            for (int i = 0; i < count; i++) {
                byte[] key = new byte[length];
                key[length - 3] = (byte) (i >> 16);
                key[length - 2] = (byte) (i >> 8);
                key[length - 1] = (byte) i;
                left.put(plain(key, 1));
                right.put(plain(key, 2));
            }
            Cost cost = exchange(left.publish(), right.publish(), KeyRange.all());
            assertEquals(count, cost.found.size(), length + " bytes a key");
            assertTrue(cost.trips <= 30, cost.trips + " trips for " + length + " bytes a key");
        }
    }

    /**
     * Requests are full of digests here, and their responses are not: work that a request left for later must
     * not be forgotten.
     */
    @Tag(Depth.DEEP)
    @Test
    void forgetsNothingThatARequestHadNoRoomFor() throws DiffMessage.MalformedException {
        for (int every : Depth.of(0, 1) == 0 ? new int[] {37} : new int[] {100, 37, 11}) {
            Editor left = Tree.empty(Tree.WIDTH).edit();
            for (int i = 0; i < 10_000; i++) {
                byte[] key = new byte[600];
                key[598] = (byte) (i >> 8);
                key[599] = (byte) i;
                left.put(plain(key, 1));
            }
            Tree mine = left.publish();
            for (int i = 0; i < 10_000; i += every) {
                left.put(plain(mine.at(i).orElseThrow().key(), 2));
            }
            int differ = (10_000 + every - 1) / every;
            assertEquals(differ, exchange(mine, left.publish(), KeyRange.all()).found.size(),
                    "every " + every);
        }
    }

    @Test
    void boundsTheDifferencesOfAStep() throws DiffMessage.MalformedException {
        Editor editor = Tree.empty(Tree.WIDTH).edit();
        int count = RangeDiff.DIFFERENCES_MAX + 10_000;
        for (int i = 0; i < count; i++) {
            editor.put(entry(i, 1));
        }
        Tree mine = editor.publish();
        Tree theirs = Tree.empty(Tree.WIDTH);
        DiffMessage request = RangeDiff.begin(mine, KeyRange.all());
        TreeSet<byte[]> found = new TreeSet<>(Arrays::compareUnsigned);
        for (int trips = 0; !request.parts().isEmpty(); trips++) {
            RangeDiff.DiffRound step = RangeDiff.next(mine, RangeDiff.answer(theirs, request));
            assertTrue(trips < 10 && step.differences().size() <= RangeDiff.DIFFERENCES_MAX);
            step.differences().forEach(difference -> assertTrue(found.add(difference.key())));
            request = step.request();
        }
        assertEquals(count, found.size());
    }

    /**
     * Both sides write between any two messages; differences in keys that no write touched meanwhile are
     * found all the same.
     */
    @Tag(Depth.DEEP)
    @Test
    void findsWhatStaysDifferentWhileBothSidesMove() throws DiffMessage.MalformedException {
        for (int seed = 0; seed < Depth.of(25, 200); seed++) {
            TreeModel model = new TreeModel(seed);
            Editor mine = Tree.empty(4).edit();
            Editor theirs = Tree.empty(4).edit();
            TreeSet<byte[]> stay = new TreeSet<>(Arrays::compareUnsigned);
            for (int i = 0; i < 400; i++) {
                Entry entry = model.entry(model.key());
                mine.put(entry);
                boolean differs = model.below(20) == 0;
                theirs.put(differs ? model.entry(entry.key()) : entry);
                if (differs) {
                    stay.add(entry.key());
                } else {
                    stay.remove(entry.key());
                }
            }
            DiffMessage request = RangeDiff.begin(mine.publish(), KeyRange.all());
            while (!request.parts().isEmpty()) {
                disturb(model, theirs, stay);
                DiffMessage answer = RangeDiff.answer(theirs.publish(), DiffMessage.decode(request.encode()));
                disturb(model, mine, stay);
                RangeDiff.DiffRound step = RangeDiff.next(mine.publish(),
                        DiffMessage.decode(answer.encode()));
                step.differences().forEach(difference -> stay.remove(difference.key()));
                request = step.request();
            }
            assertEquals(0, stay.size(), "seed " + seed);
        }
    }

    private static void disturb(TreeModel model, Editor editor, TreeSet<byte[]> stay) {
        for (int i = 0; i < 20; i++) {
            byte[] key = model.key();
            if (stay.contains(key)) {
                continue;
            }
            if (model.below(2) == 0) {
                editor.put(model.entry(key));
            } else {
                editor.remove(key);
            }
        }
    }

    @Tag(Depth.DEEP)
    @Test
    void refusesWhateverIsNoMessage() throws DiffMessage.MalformedException {
        TreeModel mine = new TreeModel(3);
        for (int i = 0; i < 300; i++) {
            Entry entry = mine.entry(mine.key());
            mine.map.put(entry.key(), entry);
        }
        Tree tree = tree(mine);
        byte[] good = RangeDiff.answer(tree, RangeDiff.begin(Tree.empty(4), KeyRange.all())).encode();
        SplittableRandom random = new SplittableRandom(4);
        int refused = 0;
        for (int i = 0; i < Depth.of(1_500, 30_000); i++) {
            byte[] bad = Arrays.copyOf(good, i < good.length ? i : good.length);
            for (int flips = random.nextInt(4); flips > 0 && bad.length > 0; flips--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            try {
                DiffMessage message = DiffMessage.decode(bad);
                RangeDiff.answer(tree, message);
                RangeDiff.next(tree, message);
            } catch (DiffMessage.MalformedException expected) {
                refused++;
            }
        }
        assertTrue(refused > Depth.of(400, 1_000), "refused " + refused);
        assertThrows(DiffMessage.MalformedException.class,
                () -> DiffMessage.decode(new byte[DiffMessage.BYTES_MAX + 1]));
        assertThrows(DiffMessage.MalformedException.class,
                () -> DiffMessage.decode(ByteBuffer.allocate(4).putInt(0xffffff7f).array()));
    }
}
