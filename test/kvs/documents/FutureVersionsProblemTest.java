package kvs.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import kvs.model.HealthProblem;
import kvs.sim.HealthProblemCheck;
import kvs.sim.SimClock;
import kvs.tree.Editor;
import kvs.tree.Entry;
import kvs.tree.Tree;
import org.junit.jupiter.api.Test;

class FutureVersionsProblemTest {

    private static final long NOW = 1_790_000_000_000L;

    private static void put(Editor editor, int number, long timestamp) {
        byte[] key = {(byte) (number >> 16), (byte) (number >> 8), (byte) number};
        editor.put(Entry.of(key, new Entry.RecordLocation(1, number, 10, 1),
                new Entry.VersionStamp(timestamp, number, 7),
                new Entry.Lifetime(Entry.FOREVER, 0, false), 0));
    }

    @Test
    void saysHowManyHowFarAndUntilWhenAndNothingOnceTheTimeHasCome() {
        Editor editor = Tree.empty(Tree.WIDTH).edit();
        put(editor, 1, NOW);
        put(editor, 2, NOW + 60_000);
        Tree right = editor.publish();
        assertEquals(Optional.empty(), FutureVersionsProblem.problem(right, NOW));
        Editor more = right.edit();
        put(more, 3, NOW + 60_001);
        Tree one = more.publish();
        assertTrue(FutureVersionsProblem.problem(one, NOW).orElseThrow().startsWith("1 version is stamped"
                + " ahead of this node's clock, the furthest by 1m1s, until 2026-09-21T14:14:20.001Z: "));
        assertEquals(Optional.empty(), FutureVersionsProblem.problem(one, NOW + 1),
                "the clock has come near enough");
        Editor many = one.edit();
        put(many, 4, NOW + 2 * 86_400_000L);
        Tree two = many.publish();
        assertTrue(FutureVersionsProblem.problem(two, NOW).orElseThrow().startsWith(
                "2 versions are stamped ahead of this node's clock, the furthest by 2d, "));
        Editor mended = two.edit();
        put(mended, 3, NOW);
        put(mended, 4, NOW);
        assertEquals(Optional.empty(), FutureVersionsProblem.problem(mended.publish(), NOW),
                "they were stamped anew");
    }

    @Test
    void isAProblemUntilTheTimeHasCome() throws Exception {
        SimClock clock = new SimClock();
        AtomicReference<Tree> tree = new AtomicReference<>(Tree.empty(Tree.WIDTH));
        HealthProblemCheck.comesAndGoes(HealthProblem.Kind.STAMPED_AHEAD,
                new HealthProblemCheck.Subject(() -> FutureVersionsProblem.problem(tree.get(), clock.wallMs())
                        .map(what -> new HealthProblem(HealthProblem.Kind.STAMPED_AHEAD, what)).stream()
                        .toList(), clock::advance), () -> {
            Editor editor = tree.get().edit();
            put(editor, 1, clock.wallMs() + 90_000);
            tree.set(editor.publish());
        }, () -> { });
    }

    /**
     * A whole index that is ahead is not walked, and one in which every other entry is ahead is walked in
     * part.
     */
    @Test
    void looksAtABoundedPartOfTheIndex() {
        Editor all = Tree.empty(Tree.WIDTH).edit();
        Editor mixed = Tree.empty(Tree.WIDTH).edit();
        for (int i = 0; i < 140_000; i++) {
            put(all, i, NOW + 100_000);
            put(mixed, i, NOW + i % 2 * 100_000);
        }
        assertTrue(FutureVersionsProblem.problem(all.publish(), NOW).orElseThrow()
                .startsWith("140000 versions are"));
        assertTrue(FutureVersionsProblem.problem(mixed.publish(), NOW).orElseThrow().startsWith("at least "));
    }
}
