package kvs.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplicationRulesTest {

    private static final long EVER = Version.FOREVER;

    @ParameterizedTest
    @CsvSource({"100, 0, 0, 100", "100, 150, 0, 150", "100, 0, 150, 151", "100, 150, 150, 151",
        "100, 100, 99, 100", "100, 0, 100, 101",
        "100, 60100, 0, 60100", "100, 60101, 0, 100", "100, 60101, 150, 151"})
    void timestampIsNeverBelowWallNorClockAndAboveWhatItReplaces(long wall, long clock, long current,
            long expected) {
        assertEquals(expected, ReplicationRules.timestamp(wall, clock, current));
    }

    @ParameterizedTest
    @CsvSource({"0, 100, 100, 100", "200, 100, 100, 200", "0, 60100, 100, 60100", "5, 60101, 100, 5",
        "60101, 90, 100, 90", "60101, 60102, 100, 0"})
    void nodeClockFollowsOnlyWhatIsNear(long clock, long timestamp, long wall, long expected) {
        assertEquals(expected, ReplicationRules.nodeClock(clock, timestamp, wall));
    }

    @ParameterizedTest
    @CsvSource({"86400100, 100, 0, false", "86400101, 100, 0, true", "86400101, 100, 101, false",
        "86400102, 100, 101, true", "9000000000, 100, 9000000000, false"})
    void aVersionWaitsThatIsADayAheadOfTheWallAndOfWhatItReplaces(long timestamp, long wall, long current,
            boolean waits) {
        assertEquals(waits, ReplicationRules.early(timestamp, wall, current));
    }

    @Test
    void dueIsAnHourAfterTheLastShadowOrAWindowAfterDeath() {
        long hour = ReplicationRules.SHORT_GRACE_MS;
        long window = 720 * hour;
        assertEquals(EVER, ReplicationRules.due(10, EVER, 0, window), "alive");
        assertEquals(20 + hour, ReplicationRules.due(10, 20, 0, window), "new key with a ttl");
        assertEquals(10 + hour, ReplicationRules.due(10, 5, 0, window), "expired before it was written");
        assertEquals(90 + hour, ReplicationRules.due(10, 20, 90, window),
                "shadows something that lived longer");
        assertEquals(20 + window, ReplicationRules.due(10, 20, EVER, window),
                "shadows something without expiry");
        assertEquals(20 + window, ReplicationRules.due(10, 20, 2 * window, window),
                "shadows something very long");
    }

    @Test
    void shadowIsTheLatestLifeOfWhatIsReplaced() {
        assertEquals(0, ReplicationRules.shadow(true, EVER, 0));
        assertEquals(50, ReplicationRules.shadow(true, EVER, 50));
        assertEquals(EVER, ReplicationRules.shadow(false, EVER, 0));
        assertEquals(70, ReplicationRules.shadow(false, 70, 50));
        assertEquals(90, ReplicationRules.shadow(false, 70, 90));
        assertEquals(30, ReplicationRules.death(true, EVER, 30));
        assertEquals(70, ReplicationRules.death(false, 70, 30));
    }

    @Test
    void rankPrefersLaterThenOlderNodeThenSmallerId() {
        List<VersionRank> falling = List.of(new VersionRank(9, 9, -1, -1), new VersionRank(8, 1, -1, -1),
                new VersionRank(8, 2, 0, 1), new VersionRank(8, 2, 0, 2), new VersionRank(8, 2, 1, 0),
                new VersionRank(8, 2, Long.MAX_VALUE, 0), new VersionRank(8, 2, -1, 0),
                new VersionRank(8, 2, -1, -1), new VersionRank(7, 0, 0, 0));
        List<VersionRank> shuffled = new ArrayList<>(falling);
        Collections.shuffle(shuffled, new Random(1));
        shuffled.sort(Collections.reverseOrder());
        assertEquals(falling, shuffled);
    }

    @ParameterizedTest
    @CsvSource({"0, 5000, 5", "5, 5000, 6", "4, 5000, 5", "9, 5000, 10",
        "9, 4102444800000, 4102444800", "9, 4102444801000, 10", "9, 9223372036854775807, 10"})
    void bootNumbersOnlyGrow(long previous, long wallMs, long expected) {
        assertEquals(expected, SequenceNumbers.boot(previous, wallMs));
        assertEquals(expected, SequenceNumbers.bootOf(SequenceNumbers.start(expected) + 77));
        assertEquals(77, SequenceNumbers.countOf(SequenceNumbers.start(expected) + 77));
        assertTrue(SequenceNumbers.start(expected + 1) > SequenceNumbers.start(expected)
                + SequenceNumbers.COUNT_MAX);
    }

    @Test
    void idIsAFunctionOfEveryField() {
        Version version = version(1, 2, 3, new byte[] {'1'});
        VersionIdHasher ids = new VersionIdHasher();
        UUID id = ids.of(version);
        assertEquals(id, new VersionIdHasher().of(version));
        assertEquals(8, id.version());
        assertEquals(2, id.variant());
        List<Version> others = List.of(version(9, 2, 3, new byte[] {'1'}), version(1, 9, 3, new byte[] {'1'}),
                version(1, 2, 9, new byte[] {'1'}),
                version(1, 2, 3, new byte[] {'2'}), version(1, 2, 3, new byte[0]),
                new Version(Key.of("b"), id, 1, new Dot(new UUID(5, 6), 2), 3, new Version.Lineage(4, 5),
                        new UUID(7, 8), new UUID(9, 10), EVER, false, new byte[] {'1'}),
                new Version(Key.of("a"), id, 1, new Dot(new UUID(5, 6), 2), 3, new Version.Lineage(4, 5),
                        new UUID(7, 8), new UUID(9, 10), EVER, true, new byte[] {'1'}),
                new Version(Key.of("a"), id, 1, new Dot(new UUID(5, 6), 2), 3, new Version.Lineage(4, 5),
                        Version.NOBODY, new UUID(9, 10), 77, false, new byte[] {'1'}));
        for (Version other : others) {
            assertNotEquals(id, ids.of(other), other.toString());
        }
    }

    /** The format is frozen: this id was computed from the documented input by other means. */
    @Test
    void idOfAKnownVersionNeverChanges() throws Exception {
        var bytes = new java.io.ByteArrayOutputStream();
        var out = new java.io.DataOutputStream(bytes);
        out.writeInt(1);
        out.writeByte('a');
        out.writeInt(8);
        out.writeLong(1);
        out.writeInt(16);
        out.writeLong(5);
        out.writeLong(6);
        for (long number : new long[] {2, 3, 4, 5}) {
            out.writeInt(8);
            out.writeLong(number);
        }
        out.writeInt(16);
        out.writeLong(7);
        out.writeLong(8);
        out.writeInt(16);
        out.writeLong(9);
        out.writeLong(10);
        out.writeInt(-1);
        out.writeInt(-1);
        out.writeInt(1);
        out.writeByte('1');
        var hash = java.nio.ByteBuffer.wrap(java.security.MessageDigest.getInstance("SHA-256")
                .digest(bytes.toByteArray()));
        long high = hash.getLong();
        long low = hash.getLong();
        UUID expected = new UUID(high & 0xffff_ffff_ffff_0fffL | 0x8000L,
                low & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L);
        assertEquals(expected, new VersionIdHasher().of(version(1, 2, 3, new byte[] {'1'})));
    }

    private static Version version(long timestamp, long seq, long joined, byte[] data) {
        return new Version(Key.of("a"), Version.NOBODY, timestamp, new Dot(new UUID(5, 6), seq), joined,
                new Version.Lineage(4, 5), new UUID(7, 8), new UUID(9, 10), EVER, false, data);
    }

    /** Window 10; peer had it, age, entered since, since equal; dropped. */
    @ParameterizedTest
    @CsvSource({"true, 11, true, 1, true", "true, 11, false, 11, true", "true, 11, false, 10, false",
        "true, 10, true, 11, false", "false, 99, true, 99, false", "true, 99, false, 0, false"})
    void aLivingVersionIsDroppedOnlyWhenTheOthersMustHaveForgottenIt(boolean had, long age, boolean entered,
            long equal, boolean dropped) {
        assertEquals(dropped, ReplicationRules.drop(had, age, entered, equal, 10));
        assertEquals(had && age > 10, ReplicationRules.drop(had, age, entered, EVER, 10), "never equal");
    }

    /** What the others are ahead, s; by how much this clock is wrong, s. */
    @ParameterizedTest
    @CsvSource({"'', 0", "0, 0", "600, 0", "600 600, 600", "600 601 -5, 0", "-600 -630, -600", "50 -50, 0",
        "61 61, 61", "60 60, 0", "600 1200, 0", "600 600 0 0, 0", "600 620 640 0, 620"})
    void aClockIsWrongWhenMoreThanHalfAgreeThatItIs(String ahead, long wrong) {
        List<Long> all = ahead.isEmpty() ? List.of()
                : Arrays.stream(ahead.split(" ")).map(s -> Long.parseLong(s) * 1_000).toList();
        assertEquals(wrong * 1_000, ReplicationRules.clockWrong(all));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "500ms, 500", "90s, 90000", "15m, 900000", "12h, 43200000", "7d, 604800000",
        "1h30m, 5400000", "1d1ms, 86400001", "36500d, 3153600000000"})
    void durationsAreSumsInFallingUnits(String text, long ms) {
        assertEquals(ms, Durations.parse(text));
        assertEquals(ms, Durations.parse(Durations.text(ms)));
    }

    @ParameterizedTest
    @CsvSource({"''", "1", "s", "1x", "-1s", "+1s", "1.5h", "1s1s", "30m1h", "1h 30m", "36501d",
        "99999999999999999999s", "1H", "' 1s'", "1s "})
    void refusesOtherDurations(String text) {
        String given = text.equals("1s") ? text + " " : text;
        assertThrows(IllegalArgumentException.class, () -> Durations.parse(given), given);
    }
}
