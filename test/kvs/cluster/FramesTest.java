package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import kvs.sim.SimDice;
import org.junit.jupiter.api.Test;

class FramesTest {

    private static byte[] page(int... sizes) {
        Frames.Filling filling = new Frames.Filling();
        for (int size : sizes) {
            filling.add(new byte[size]);
        }
        return filling.encode(42);
    }

    @Test
    void pagesAndKeysComeBack() {
        Frames.Page page = Frames.page(page(0, 1, 70_000)).orElseThrow();
        assertEquals(42, page.mark());
        assertEquals(List.of(0, 1, 70_000), page.frames().stream().map(frame -> frame.length).toList());
        List<byte[]> keys = List.of(new byte[] {1}, new byte[4_096], new byte[] {2, 3});
        List<byte[]> back = Frames.keys(Frames.keys(keys, 1)).orElseThrow();
        assertEquals(2, back.size());
        assertArrayEquals(keys.get(2), back.get(1));
    }

    @Test
    void aPageHoldsOneFrameHoweverLarge() {
        Frames.Filling filling = new Frames.Filling();
        filling.add(new byte[Frames.PAGE_BYTES + 1]);
        assertTrue(filling.full());
        assertEquals(1, Frames.page(filling.encode(1)).orElseThrow().frames().size());
    }

    @Test
    void moreKeysThanAtOnceAreWantedInTurn() {
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            keys.add(new byte[i % 4_000 + 1]);
        }
        int from = 0;
        int messages = 0;
        while (from < keys.size()) {
            byte[] message = Frames.keys(keys, from);
            assertTrue(message.length <= PeerService.BODY_MAX, message.length + " bytes");
            from += Frames.keys(message).orElseThrow().size();
            messages++;
        }
        assertEquals(10_000, from);
        assertTrue(messages > 10);
    }

    @Test
    void garbageIsAValueToo() {
        byte[] good = page(10, 20);
        for (int length = 0; length < good.length; length++) {
            assertEquals(Optional.empty(), Frames.page(Arrays.copyOf(good, length)));
        }
        assertEquals(Optional.empty(), Frames.page(Arrays.copyOf(good, good.length + 1)));
        byte[] keys = Frames.keys(List.of(new byte[5], new byte[6]), 0);
        for (int length = 0; length < keys.length; length++) {
            assertEquals(Optional.empty(), Frames.keys(Arrays.copyOf(keys, length)));
        }
        SimDice dice = new SimDice(1);
        for (int round = 0; round < 50_000; round++) {
            byte[] changed = (round % 2 == 0 ? good : keys).clone();
            changed[dice.below(Math.min(changed.length, 14))] = (byte) dice.bits();
            Frames.page(changed);
            Frames.keys(changed);
        }
    }
}
