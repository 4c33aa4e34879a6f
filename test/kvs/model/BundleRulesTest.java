package kvs.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Truth tables of the rules between sites. A coverage is written as the numbers of origins 1, 2, …. */
class BundleRulesTest {

    private static Coverage coverage(String numbers) {
        Coverage coverage = Coverage.NONE;
        int origin = 1;
        for (String number : numbers.split(" ")) {
            coverage = coverage.with(new UUID(0, origin++), Long.parseLong(number));
        }
        return coverage;
    }

    /** The columns: statement of the partner, own coverage, floors, base or "full". */
    @ParameterizedTest
    @CsvSource({"0, 9, 0, full", "5, 9, 0, 5", "5, 3, 0, 3", "5, 9, 5, 5", "5, 9, 6, full", "5, 9, 4, 5",
        "5 7, 9 9, 0 0, 5 7", "5 7, 9 0, 0 0, 5", "5 7, 9 9, 0 8, full", "5 0, 9 9, 0 1, full",
        "5, 0, 0, full", "0 7, 9 9, 0 0, 0 7"})
    void baseIsTheStatementUnlessSomethingAboveItWasPurged(String said, String covered, String floors,
            String base) {
        assertEquals(base.equals("full") ? Optional.empty() : Optional.of(coverage(base)),
                BundleRules.base(coverage(said), coverage(covered), coverage(floors)));
    }

    private static BundleRules.PartnerZone partner(boolean sends, String known, String high, long saidMs) {
        return new BundleRules.PartnerZone(sends, true, coverage(known), coverage(high), saidMs, 1_000, 0,
                Coverage.NONE);
    }

    /** The columns: base, coverage of the maker, coverage here. */
    @ParameterizedTest
    @CsvSource({"0, 5, 0, MERGEABLE", "0, 5, 4, MERGEABLE", "0, 5, 5, NOTHING_NEW", "0, 5, 9, NOTHING_NEW",
        "3, 5, 3, MERGEABLE", "3, 5, 2, MISSING", "3, 5, 5, NOTHING_NEW", "3 3, 5 5, 3 0, MISSING",
        "3 3, 5 5, 9 3, MERGEABLE", "0 3, 0 5, 9 0, MISSING"})
    void deltaNeedsItsBase(String base, String coverage, String here, BundleRules.Verdict verdict) {
        assertEquals(verdict, BundleRules.verdict(coverage(base), coverage(coverage), 10,
                new BundleRules.Receiver(coverage(here), Coverage.NONE, partner(true, "0", "0", 0))));
    }

    /** The columns: coverage of the maker, floor here, most that its site covered, times, verdict. */
    @ParameterizedTest
    @CsvSource({"5, 0, 9, 10, 20, MERGEABLE", "5, 5, 9, 10, 20, MERGEABLE", "5, 6, 9, 10, 20, LATE",
        "5, 6, 9, 20, 10, PUT_BACK", "5, 6, 9, 20, 20, PUT_BACK", "5, 9, 5, 10, 20, MERGEABLE",
        "5, 9, 6, 10, 20, LATE", "5 0, 0 3, 9 0, 10, 20, MERGEABLE", "5 0, 0 3, 9 1, 10, 20, LATE"})
    void fileIsStaleWhenItsMakerLacksWhatWasPurgedBecauseItHadThat(String coverage, String floor, String high,
            long made, long said, BundleRules.Verdict verdict) {
        assertEquals(verdict, BundleRules.verdict(Coverage.NONE, coverage(coverage), made,
                new BundleRules.Receiver(Coverage.NONE, coverage(floor), partner(true, "0", high, said))));
    }

    /** The columns: link goes out, partner knows, complete until, its coverage, here, silence, waits. */
    @ParameterizedTest
    @CsvSource({"true, 4, 0, 0, 9, 100, true", "true, 5, 0, 0, 9, 100, false", "true, 6, 0, 0, 9, 100, false",
        "true, 4, 999999, 0, 9, 100, true", "true, 4, 0, 0, 9, 1100, true", "true, 4, 0, 0, 9, 1101, false",
        "false, 5, 0, 0, 9, 100, false", "false, 4, 0, 0, 9, 100, true", "false, 4, 60500, 0, 9, 100, true",
        "false, 4, 60501, 0, 9, 100, false", "false, 4, 60501, 9, 9, 100, false",
        "false, 4, 60501, 9, 8, 100, true", "false, 4, 0, 0, 9, 1101, false"})
    void deadVersionWaitsForThePartnerThatMayLackIt(boolean sends, String known, long until, String complete,
            String here, long silence, boolean waits) {
        BundleRules.PartnerZone partner = new BundleRules.PartnerZone(sends, true, coverage(known),
                Coverage.NONE, 0, 50_000, until, coverage(complete));
        assertEquals(waits, BundleRules.waits(partner, new Dot(new UUID(0, 1), 5), 500, coverage(here),
                new BundleRules.TimeFrame(50_000 + silence, 1_000)));
    }

    /** The columns: time of the statement, its coverage; then known, high, time heard. Before: 5, 7, 10. */
    @ParameterizedTest
    @CsvSource({"11, 3, 3, 7, 99", "11, 9, 9, 9, 99", "10, 3, 5, 7, 1000", "9, 8, 5, 8, 1000"})
    void newestStatementCountsAlsoWhenItIsLess(long made, String coverage, String known, String high,
            long heard) {
        BundleRules.PartnerZone after = partner(true, "5", "7", 10).said(coverage(coverage), made, 99);
        assertEquals(coverage(known), after.known());
        assertEquals(coverage(high), after.high());
        assertEquals(heard, after.heardMs());
        assertEquals(Math.max(made, 10), after.saidMs());
    }

    @ParameterizedTest
    @CsvSource({"5, 5, false, true", "5, 6, false, false", "5, 5, true, false", "5, 1, false, true"})
    void fullBundleBuriesWhatItsMakerHadAndLacks(String bundle, long seq, boolean dead, boolean buries) {
        assertEquals(buries, BundleRules.buries(coverage(bundle), new Dot(new UUID(0, 1), seq), dead));
    }

    @ParameterizedTest
    @CsvSource({"100000, '', 40000", "100000, 50000, 40000", "100000, 30000, 30000", "100000, 0, 0",
        "100000, 39999 90000, 39999", "50000, '', 0"})
    void completeUntilTheSlowestThatBringsSomething(long wall, String heard, long until) {
        List<Long> times = heard.isEmpty() ? List.of()
                : Arrays.stream(heard.split(" ")).map(Long::valueOf).toList();
        assertEquals(until, BundleRules.completeUntil(wall, times));
    }

    @ParameterizedTest
    @CsvSource({"86400100, 0, 100, false", "86400101, 0, 100, true", "0, 86400100, 100, false",
        "0, 86400101, 100, true"})
    void fileFromTheFutureShowsAWrongClock(long made, long highest, long wall, boolean early) {
        assertEquals(early, BundleRules.early(made, highest, wall));
    }
}
