package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.model.Coverage;
import kvs.peer.PeerRequestHandler;
import kvs.sim.SimDice;
import org.junit.jupiter.api.Test;

class SyncMessagesTest {

    private static byte[] page(int... sizes) {
        SyncMessages.PageBuilder filling = new SyncMessages.PageBuilder();
        for (int size : sizes) {
            filling.add(new byte[size]);
        }
        return filling.encode(42);
    }

    private static SyncMessages.FetchRequest wanted(List<byte[]> keys) {
        return new SyncMessages.FetchRequest(true, Coverage.NONE.with(new UUID(1, 2), 3),
                keys.stream().map(key -> new SyncMessages.WantedKey(key, key.length == 2)).toList());
    }

    @Test
    void pagesAndKeysComeBack() {
        SyncMessages.Page page = SyncMessages.page(page(0, 1, 70_000)).orElseThrow();
        assertEquals(42, page.mark());
        assertEquals(List.of(0, 1, 70_000), page.messages().stream().map(frame -> frame.length).toList());
        List<byte[]> keys = List.of(new byte[] {1}, new byte[4_096], new byte[] {2, 3});
        SyncMessages.FetchRequest back = SyncMessages.wanted(SyncMessages.wanted(wanted(keys), 1))
                .orElseThrow();
        assertEquals(List.of(false, true), back.keys().stream().map(SyncMessages.WantedKey::lacks).toList());
        assertArrayEquals(keys.get(2), back.keys().get(1).key());
        assertEquals(wanted(keys).covered(), back.covered());
        assertTrue(back.whole());
    }

    @Test
    void aPageHoldsOneFrameHoweverLarge() {
        SyncMessages.PageBuilder filling = new SyncMessages.PageBuilder();
        filling.add(new byte[SyncMessages.PAGE_BYTES + 1]);
        assertTrue(filling.full());
        assertEquals(1, SyncMessages.page(filling.encode(1)).orElseThrow().messages().size());
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
            byte[] message = SyncMessages.wanted(wanted(keys), from);
            assertTrue(message.length <= PeerRequestHandler.BODY_MAX, message.length + " bytes");
            from += SyncMessages.wanted(message).orElseThrow().keys().size();
            messages++;
        }
        assertEquals(10_000, from);
        assertTrue(messages > 10);
    }

    @Test
    void garbageIsAValueToo() {
        byte[] good = page(10, 20);
        for (int length = 0; length < good.length; length++) {
            assertEquals(Optional.empty(), SyncMessages.page(Arrays.copyOf(good, length)));
        }
        assertEquals(Optional.empty(), SyncMessages.page(Arrays.copyOf(good, good.length + 1)));
        byte[] keys = SyncMessages.wanted(wanted(List.of(new byte[5], new byte[6])), 0);
        for (int length = 0; length < keys.length; length++) {
            assertEquals(Optional.empty(), SyncMessages.wanted(Arrays.copyOf(keys, length)));
        }
        SimDice dice = new SimDice(1);
        for (int round = 0; round < 50_000; round++) {
            byte[] changed = (round % 2 == 0 ? good : keys).clone();
            changed[dice.below(Math.min(changed.length, 14))] = (byte) dice.bits();
            SyncMessages.page(changed);
            SyncMessages.wanted(changed);
        }
    }
}
