package kvs.log;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KeyBloomFilterTest {

    @Test
    void neverDeniesAKeyAndSeldomMakesOneUp() {
        SplittableRandom random = new SplittableRandom(1);
        for (int count : new int[] {1, 10, 1_000, 100_000}) {
            KeyBloomFilter.Builder growing = new KeyBloomFilter.Builder();
            int[] crcs = random.ints(count).toArray();
            for (int crc : crcs) {
                growing.add(crc);
            }
            KeyBloomFilter filter = growing.filter();
            for (int crc : crcs) {
                assertTrue(filter.mayHold(crc));
            }
            int made = 0;
            for (int i = 0; i < 100_000; i++) {
                made += filter.mayHold(random.nextInt()) ? 1 : 0;
            }
            assertTrue(made < 400, made + " false answers of 100,000 with " + count + " keys");
        }
    }
}
