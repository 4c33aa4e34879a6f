package kvs.documents;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecentKeysTest {

    private static final int WANTED = 3_000;
    private static final long BEFORE = 7;

    /** Against a list of everything: numbers with gaps, keys of every length. */
    @Test
    void keepsTheLastAndKnowsFromWhere() {
        Random random = new Random(1);
        RecentKeys recent = new RecentKeys(WANTED, BEFORE);
        List<RecentKeys.RecentEvent> all = new ArrayList<>();
        long number = BEFORE;
        for (int i = 0; i < 4 * WANTED; i++) {
            number += 1 + random.nextInt(3);
            byte[] key = new byte[random.nextInt(i % 100 == 0 ? 1_024 : 40)];
            random.nextBytes(key);
            recent.add(number, key, number % 3);
            all.add(new RecentKeys.RecentEvent(number, key, number % 3));
            if (i % 501 == 0) {
                check(recent, all, random);
            }
        }
        check(recent, all, random);
        assertTrue(recent.floor() > BEFORE);
    }

    private static void check(RecentKeys recent, List<RecentKeys.RecentEvent> all, Random random) {
        long floor = recent.floor();
        long last = all.get(all.size() - 1).number();
        int kept = (int) all.stream().filter(item -> item.number() > floor).count();
        assertTrue(kept >= Math.min(all.size(), WANTED) && kept <= WANTED + 2_048, kept + " are kept");
        for (long after : new long[] {floor, floor + 1, (floor + last) / 2, last - 1, last, last + 1}) {
            int limit = 1 + random.nextInt(WANTED);
            List<RecentKeys.RecentEvent> expected = all.stream().filter(item -> item.number() > after)
                    .limit(limit).toList();
            List<RecentKeys.RecentEvent> items = recent.after(after, limit);
            assertEquals(expected.stream().map(RecentKeys.RecentEvent::number).toList(),
                    items.stream().map(RecentKeys.RecentEvent::number).toList());
            for (int i = 0; i < items.size(); i++) {
                assertArrayEquals(expected.get(i).key(), items.get(i).key());
                assertEquals(expected.get(i).mark(), items.get(i).mark());
            }
        }
    }

    /**
     * 32 MB of keys: some are forgotten before their number asks for it, and when keys are short again as
     * many are kept as before.
     */
    @Test
    void longKeysAreForgottenEarlier() {
        RecentKeys recent = new RecentKeys(1 << 16, 0);
        for (int i = 1; i <= 1 << 15; i++) {
            recent.add(i, new byte[1_000], 0);
        }
        int kept = recent.after(0, 1 << 16).size();
        assertTrue(kept > 4_000 && kept <= 18_000, kept + " are kept");
        assertEquals((1 << 15) - kept, recent.floor());
        for (int i = (1 << 15) + 1; i <= 1 << 18; i++) {
            recent.add(i, new byte[10], 0);
        }
        assertTrue(recent.floor() <= (1 << 18) - (1 << 16) && recent.floor() > (1 << 18) - (1 << 17));
    }

    @Test
    void ofNothingThereIsNothing() {
        RecentKeys recent = new RecentKeys(1, BEFORE);
        assertEquals(BEFORE, recent.floor());
        assertEquals(List.of(), recent.after(0, 10));
    }
}
