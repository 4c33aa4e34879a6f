package kvs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.UUID;
import kvs.deflate.TextChecksums;
import org.junit.jupiter.api.Test;

/** The checksums that are kept, and for which version. */
class ChecksumCacheTest {

    private static final TextChecksums SUMS = new TextChecksums(1, 2, 3);

    private final ChecksumCache cache = new ChecksumCache();

    @Test
    void knowsTheLatestOfEachSlot() {
        UUID one = new UUID(1, 5);
        assertEquals(Optional.empty(), cache.get(one));
        cache.put(one, SUMS);
        assertEquals(Optional.of(SUMS), cache.get(one));
        UUID other = new UUID(2, 5 + 3L * ChecksumCache.SLOTS);
        assertEquals(Optional.empty(), cache.get(other), "never those of another version");
        cache.put(other, new TextChecksums(4, 5, 6));
        assertEquals(Optional.of(new TextChecksums(4, 5, 6)), cache.get(other));
        assertEquals(Optional.empty(), cache.get(one), "there is one in each slot");
        cache.put(new UUID(1, -1), SUMS);
        assertEquals(Optional.of(SUMS), cache.get(new UUID(1, -1)), "the highest slot");
    }
}
