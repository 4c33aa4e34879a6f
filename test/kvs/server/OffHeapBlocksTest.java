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
        OffHeapBlocks slabs = new OffHeapBlocks();
        ByteBuffer used = slabs.take().limit(100).position(50);
        slabs.give(used);
        assertSame(used, slabs.take());
        assertEquals(0, used.position());
        assertEquals(0, used.limit());
        List<ByteBuffer> crowd = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            crowd.add(slabs.take());
        }
        crowd.forEach(slabs::give);
        int before = slabs.spare();
        for (int i = 0; i < 22; i++) {
            slabs.tick();
        }
        assertTrue(slabs.spare() <= (before + OffHeapBlocks.SPARE) / 2,
                slabs.spare() + " of " + before + " are kept");
        for (int i = 0; i < 200; i++) {
            slabs.tick();
        }
        assertEquals(OffHeapBlocks.SPARE, slabs.spare());
    }
}
