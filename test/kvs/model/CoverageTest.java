package kvs.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import kvs.sim.SimDice;
import org.junit.jupiter.api.Test;

class CoverageTest {

    private static final UUID A = new UUID(1, 1);
    private static final UUID B = new UUID(-1, 2);
    private final Coverage some = Coverage.NONE.with(A, 5).with(B, 7);

    @Test
    void coversWhatIsNotAboveItsNumber() {
        assertTrue(some.covers(new Dot(A, 5)));
        assertFalse(some.covers(new Dot(A, 6)));
        assertFalse(some.covers(new Dot(new UUID(3, 3), 1)));
        assertTrue(some.covers(Coverage.NONE));
        assertTrue(some.covers(some.set(B, 6)));
        assertFalse(some.covers(some.with(B, 8)));
        assertFalse(Coverage.NONE.covers(some));
    }

    @Test
    void growsToTheLargerOfEach() {
        Coverage other = Coverage.NONE.with(A, 9).with(B, 1);
        assertEquals(Coverage.NONE.with(A, 9).with(B, 7), some.and(other));
        assertEquals(some.and(other), other.and(some));
        assertSame(some, some.with(A, 4));
        assertSame(some, some.and(Coverage.NONE.with(B, 7)));
        assertEquals(Coverage.NONE.with(B, 7), some.set(A, 0));
        assertEquals(Coverage.NONE.with(B, 7), Coverage.of(Map.of(A, 0L, B, 7L)));
    }

    @Test
    void comesBackFromItsBytes() {
        assertEquals(Optional.of(some), Coverage.decode(some.encode()));
        assertEquals(Optional.of(Coverage.NONE), Coverage.decode(Coverage.NONE.encode()));
        byte[] whole = some.encode();
        for (int length = 0; length < whole.length; length++) {
            assertTrue(Coverage.decode(Arrays.copyOf(whole, length)).filter(some::equals).isEmpty(),
                    length + " bytes");
        }
        SimDice dice = new SimDice(1);
        for (int round = 0; round < 10_000; round++) {
            byte[] changed = whole.clone();
            changed[dice.below(changed.length)] = (byte) dice.bits();
            Coverage.decode(changed);
        }
    }

    @Test
    void clientsSeeThoseThatStartedLast() {
        Coverage many = Coverage.NONE;
        for (int i = 1; i <= 100; i++) {
            many = many.with(new UUID(i, i), i);
        }
        assertEquals(Coverage.SHOWN_MAX, many.shown().numbers().size());
        assertEquals(100, many.shown().of(new UUID(100, 100)));
        assertEquals(0, many.shown().of(new UUID(40, 40)));
        assertTrue(many.text().length() <= 2_048, many.text().length() + " characters");
    }
}
