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

    /** The columns: base, coverage of the maker, coverage here. */
    @ParameterizedTest
    @CsvSource({"0, 5, 0, MERGEABLE", "0, 5, 4, MERGEABLE", "0, 5, 5, NOTHING_NEW", "0, 5, 9, NOTHING_NEW",
        "3, 5, 3, MERGEABLE", "3, 5, 2, MISSING", "3, 5, 5, NOTHING_NEW", "3 3, 5 5, 3 0, MISSING",
        "3 3, 5 5, 9 3, MERGEABLE", "0 3, 0 5, 9 0, MISSING"})
    void deltaNeedsItsBase(String base, String coverage, String here, BundleRules.Verdict verdict) {
        assertEquals(verdict,
                BundleRules.verdict(coverage(base), coverage(coverage), coverage(here)));
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
