package kvs.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The reports of members on zones, and the time up to which one has all of another. */
class ZoneReportTest {

    private static final UUID ORIGIN = new UUID(1, 1);
    private static final Zone ZONE = Zone.of(List.of("k"));

    @Test
    void isReadAsItWasWritten() {
        ZoneReport report = ZoneReport.of(List.of(ZONE),
                Map.of(new UUID(9, 9), Coverage.NONE.with(ORIGIN, 7)), Set.of(ORIGIN));
        assertEquals(Coverage.NONE, report.floors().get(ZONE.id()), "one without a floor is in it");
        byte[] field = report.encode();
        assertEquals(Optional.of(report), ZoneReport.decode(field));
        for (int length = 0; length < field.length; length++) {
            Optional<ZoneReport> cut = ZoneReport.decode(Arrays.copyOf(field, length));
            assertTrue(cut.isEmpty() || cut.get().floors().size() < 2, "at " + length);
        }
    }

    @Test
    void leavesOutTheZonesThatDoNotFit() {
        Map<UUID, Coverage> floors = new TreeMap<>();
        Set<UUID> origins = new TreeSet<>();
        for (int i = 0; i < 3_000; i++) {
            origins.add(new UUID(i, 2));
        }
        for (int zone = 0; zone < 50; zone++) {
            Coverage floor = Coverage.NONE;
            for (int i = 0; i < 100; i++) {
                floor = floor.with(new UUID(i, 3), 5);
            }
            floors.put(new UUID(zone, 4), floor);
        }
        byte[] field = new ZoneReport(floors, origins).encode();
        assertTrue(field.length <= 0xffff);
        ZoneReport told = ZoneReport.decode(field).orElseThrow();
        assertEquals(Coverage.ORIGINS_MAX, told.origins().size());
        assertEquals(10, told.floors().size());
    }

    @Test
    void timeIsThatOfTheNewestHeartbeatThatIsCovered() {
        Coverage one = Coverage.NONE.with(ORIGIN, 1);
        Coverage two = Coverage.NONE.with(ORIGIN, 2);
        CoveredTime time = CoveredTime.UNKNOWN.heard(100, one, Coverage.NONE);
        assertEquals(0, time.untilMs());
        time = time.heard(200, two, Coverage.NONE);
        assertEquals(0, time.untilMs());
        time = time.heard(300, two, one);
        assertEquals(100, time.untilMs(), "the one that waited");
        time = time.heard(400, two, two);
        assertEquals(400, time.untilMs());
        CoveredTime lost = time.heard(450, two.with(new UUID(2, 2), 1), two).heard(480, two, two);
        assertEquals(480, lost.untilMs(), "nobody has any more what the other one had");
        assertEquals(500, time.heard(500, two, two).untilMs());
        assertEquals(500, time.heard(500, two, two).heard(400, two, two).untilMs(), "never less");
    }
}
