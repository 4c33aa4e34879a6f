package kvs.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OffHeapBlocksTest {

    @Test
    void usesThemAgainAndLetsGoWhatACrowdLeftBehind() {
        OffHeapBlocks offHeapBlocks = new OffHeapBlocks();
        ByteBuffer used = offHeapBlocks.take().limit(100).position(50);
        offHeapBlocks.give(used);
        assertSame(used, offHeapBlocks.take());
        assertEquals(0, used.position());
        assertEquals(0, used.limit());
        List<ByteBuffer> crowd = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            crowd.add(offHeapBlocks.take());
        }
        crowd.forEach(offHeapBlocks::give);
        int before = offHeapBlocks.spare();
        for (int i = 0; i < 22; i++) {
            offHeapBlocks.tick();
        }
        assertTrue(offHeapBlocks.spare() <= (before + OffHeapBlocks.SPARE) / 2,
                offHeapBlocks.spare() + " of " + before + " are kept");
        for (int i = 0; i < 200; i++) {
            offHeapBlocks.tick();
        }
        assertEquals(OffHeapBlocks.SPARE, offHeapBlocks.spare());
    }
}
