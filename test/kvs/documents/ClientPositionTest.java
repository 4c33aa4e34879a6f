package kvs.documents;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import kvs.model.Coverage;
import kvs.sim.SimDice;
import org.junit.jupiter.api.Test;

class ClientPositionTest {

    private static final Coverage SOME = Coverage.NONE.with(new UUID(1, 2), 3).with(new UUID(4, 5), 6);
    private static final UUID RUN = new UUID(7, 8);
    private static final ClientPosition PLAIN = new ClientPosition(SOME, 9, Optional.empty());
    private static final ClientPosition PLACED = new ClientPosition(SOME, 9,
            Optional.of(new ClientPosition.RunPosition(RUN, 10, Optional.empty())));
    private static final ClientPosition SWEEPING = new ClientPosition(SOME, 9,
            Optional.of(new ClientPosition.RunPosition(RUN, 10,
                    Optional.of(new ClientPosition.ScanProgress(Coverage.NONE, 11, new byte[] {12, 13})))));

    @Test
    void comesBackFromItsText() {
        assertEquals(Optional.of(PLAIN), ClientPosition.parse(PLAIN.text()));
        assertEquals(Optional.of(PLACED), ClientPosition.parse(PLACED.text()));
        ClientPosition.ScanProgress sweep = ClientPosition.parse(SWEEPING.text()).orElseThrow().place()
                .orElseThrow().sweep().orElseThrow();
        assertArrayEquals(new byte[] {12, 13}, sweep.key());
        assertEquals(11, sweep.wallMs());
        assertTrue(SWEEPING.text().matches("[A-Za-z0-9_-]+"), "it goes into a URL as it is");
    }

    /** Answers share the text of a position as long as it is the present one. */
    @Test
    void answersTellThePresentOne() {
        LocalDocuments node = new LocalDocuments();
        AtomicBoolean whole = new AtomicBoolean(true);
        Changes changes = new Changes(node.store, node.clock, new SimDice(2),
                () -> Optional.of(node.store.durable()).filter(here -> whole.get()));
        Set<String> texts = new HashSet<>();
        for (int step = 0; step < 300; step++) {
            switch (step % 5) {
                case 0, 3 -> node.put("a" + step % 7, "{}");
                case 1 -> node.clock.advance(1);
                case 2 -> whole.set(step % 4 != 0);
                default -> { }
            }
            assertEquals(changes.now().map(ClientPosition::text).orElse(""), changes.positionText(),
                    "step " + step);
            texts.add(changes.positionText());
        }
        assertTrue(texts.size() > 100 && texts.contains(""), texts.size() + " texts");
        whole.set(true);
        assertSame(changes.positionText(), changes.positionText());
    }

    @Test
    void whatIsNoneIsRefused() {
        byte[] bytes = Base64.getUrlDecoder().decode(PLACED.text());
        SimDice dice = new SimDice(1);
        for (int round = 0; round < 20_000; round++) {
            byte[] changed = bytes.clone();
            changed[dice.below(bytes.length)] = (byte) dice.bits();
            ClientPosition.parse(Base64.getUrlEncoder().encodeToString(changed));
        }
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertTrue(ClientPosition.parse(Base64.getUrlEncoder().encodeToString(cut))
                    .filter(PLACED::equals).isEmpty());
        }
        assertEquals(Optional.empty(), ClientPosition.parse("ü"));
        assertEquals(Optional.empty(), ClientPosition.parse("A".repeat(ClientPosition.TEXT_MAX + 1)));
    }
}
