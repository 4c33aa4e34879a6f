package kvs.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import kvs.model.MergeRule.Arriving;
import kvs.model.MergeRule.Loser;
import kvs.model.MergeRule.Older;
import kvs.model.MergeRule.Outcome;
import kvs.model.MergeRule.Present;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The present version has the timestamp 100, was written over one of 50, and comes from a node of 10. */
class MergeRuleTest {

    private static final Version PRESENT = version(7, 100, 50, 10, Version.FOREVER, false);

    /** A version; {@code replaced} is the timestamp of the one that its writer had. */
    private static Version version(long id, long timestamp, long replaced, long joined, long expires,
            boolean deleted) {
        return new Version(Key.of("a"), new UUID(0, id), timestamp, new Dot(new UUID(1, joined), id), joined,
                new Version.Lineage(replaced, 0), Version.NOBODY, Version.NOBODY, expires, deleted,
                new byte[0]);
    }

    private static Arriving compared(Version version) {
        return new Arriving(version, Older.COMPARED, Loser.COMPARED, false, false);
    }

    private static Outcome decide(Arriving arriving, Version present) {
        return MergeRule.decide(arriving, Optional.of(Present.of(present)), false);
    }

    @ParameterizedTest
    @CsvSource({
        // timestamp, of what it replaced, joined, id
        "101, 100, 10, 1, SUPERSEDES", "101, 99, 10, 1, WINS_CONFLICT", "101, 0, 10, 1, WINS_CONFLICT",
        "200, 150, 10, 1, SUPERSEDES",
        // the writer of the present one had the version of 50
        "99, 0, 10, 1, LOSES_CONFLICT", "51, 0, 10, 1, LOSES_CONFLICT", "50, 0, 10, 1, SUPERSEDED",
        "49, 0, 10, 1, SUPERSEDED",
        // a tie: the older node, then the smaller id; neither writer can have seen the other version
        "100, 50, 9, 1, WINS_CONFLICT", "100, 50, 11, 1, LOSES_CONFLICT", "100, 50, 10, 6, WINS_CONFLICT",
        "100, 50, 10, 8, LOSES_CONFLICT",
        "100, 50, 10, 7, SAME"})
    void greaterVersionWinsAndTheLoserIsKeptIfItsWinnerHadNotSeenIt(long timestamp, long replaced,
            long joined, long id, Outcome expected) {
        assertEquals(expected,
                decide(compared(version(id, timestamp, replaced, joined, Version.FOREVER, false)), PRESENT));
    }

    @ParameterizedTest
    @CsvSource({
        // who is dead: the loser's expiry and tombstone; the timestamp of what the winner replaced
        "110, false, 0, WINS_CONFLICT", "101, false, 0, SUPERSEDES", "9999, true, 0, SUPERSEDES",
        "101, false, 60, WINS_CONFLICT", "9999, true, 60, WINS_CONFLICT"})
    void noConflictWithADeadVersionIfTheKeyWasNewToTheWinner(long expires, boolean deleted, long replaced,
            Outcome expected) {
        Version present = version(7, 100, 50, 10, expires, deleted);
        Version arriving = version(1, 101, replaced, 10, Version.FOREVER, false);
        assertEquals(expected, decide(compared(arriving), present), "the present one is dead");
        assertEquals(expected == Outcome.SUPERSEDES ? Outcome.SUPERSEDED : Outcome.LOSES_CONFLICT,
                decide(compared(present), arriving), "the arriving one is dead");
    }

    @ParameterizedTest
    @CsvSource({
        // treatment of the older ones, and of the loser; outcome for a greater, the same, a smaller version
        "COMPARED, COMPARED, WINS_CONFLICT, SAME, LOSES_CONFLICT",
        "COMPARED, KEPT, WINS_CONFLICT, SAME, LOSES_CONFLICT",
        "COMPARED, DROPPED, WINS_CONFLICT, SAME, SUPERSEDED",
        "SEEN, KEPT, RESOLVES, SAME, LOSES_CONFLICT",
        "SEEN, DROPPED, RESOLVES, SAME, SUPERSEDED",
        "FORGOTTEN, KEPT, FORGETS, FORGETS, LOSES_CONFLICT",
        "FORGOTTEN, DROPPED, FORGETS, FORGETS, SUPERSEDED"})
    void treatmentOfTheOtherVersionIsThatOfTheCaller(Older older, Loser loser, Outcome greater, Outcome same,
            Outcome smaller) {
        assertEquals(greater, decide(new Arriving(version(1, 101, 50, 10, Version.FOREVER, false), older,
                loser, false, false), PRESENT));
        assertEquals(same, decide(new Arriving(PRESENT, older, loser, false, false), PRESENT));
        assertEquals(smaller, decide(new Arriving(version(1, 99, 50, 10, Version.FOREVER, false), older,
                loser, false, false), PRESENT));
    }

    @ParameterizedTest
    @CsvSource({
        // hidden: the newest version was lost; newest: the arriving one is as new; purged; present or absent
        "false, false, false, false, FIRST", "false, false, true, false, PURGED",
        "false, true, true, false, PURGED", "true, false, false, false, UNORDERED",
        "true, false, true, false, UNORDERED", "true, true, true, false, FIRST",
        "true, true, false, true, WINS_CONFLICT", "true, false, false, true, UNORDERED",
        "false, true, false, true, LOSES_CONFLICT", "false, false, true, true, LOSES_CONFLICT"})
    void whatWasPurgedStaysAwayAndWhatWasLostIsReplacedByNothingOlder(boolean hidden, boolean newest,
            boolean purged, boolean present, Outcome expected) {
        Version arriving = version(1, 99, 50, 10, Version.FOREVER, false);
        assertEquals(expected,
                MergeRule.decide(new Arriving(arriving, Older.COMPARED, Loser.COMPARED, newest, purged),
                        present ? Optional.of(Present.of(PRESENT)) : Optional.empty(), hidden));
    }

    @ParameterizedTest
    @CsvSource({"101, 1, WINS_CONFLICT", "100, 1, UNORDERED", "100, 7, SAME", "99, 1, SUPERSEDED"})
    void ofAnUnreadableVersionTheTimestampAndTheIdAreKnown(long timestamp, long id, Outcome expected) {
        Present unreadable = new Present(100, PRESENT.uuid(), false, Version.FOREVER, Optional::empty);
        assertEquals(expected, MergeRule.decide(
                compared(version(id, timestamp, 50, 10, Version.FOREVER, false)), Optional.of(unreadable),
                false));
    }

    @Test
    void recordIsReadOnlyWhenTheRuleNeedsIt() {
        Supplier<Optional<Version>> unread = () -> {
            throw new AssertionError("the record was read");
        };
        Present present = new Present(100, PRESENT.uuid(), false, Version.FOREVER, unread);
        Version greater = version(1, 101, 100, 10, Version.FOREVER, false);
        Version smaller = version(1, 99, 50, 10, Version.FOREVER, false);
        List<Outcome> outcomes = new ArrayList<>();
        for (Arriving arriving : List.of(Arriving.written(greater, false), Arriving.written(greater, true),
                compared(greater), Arriving.logged(smaller, Older.COMPARED), Arriving.listed(smaller))) {
            outcomes.add(MergeRule.decide(arriving, Optional.of(present), false));
        }
        assertEquals(List.of(Outcome.RESOLVES, Outcome.FORGETS, Outcome.SUPERSEDES, Outcome.LOSES_CONFLICT,
                Outcome.SUPERSEDED), outcomes);
    }

    @Test
    void everyOrderOfArrivalLeavesTheSameVersion() {
        List<Version> versions = new ArrayList<>();
        for (long id = 1; id <= 12; id++) {
            versions.add(version(id, 100 + id % 3, 50, 10 + id % 2, Version.FOREVER, id % 5 == 0));
        }
        for (Version one : versions) {
            for (Version other : versions) {
                boolean wins = decide(compared(one), other).wins();
                assertEquals(one == other || !decide(compared(other), one).wins(), wins);
                assertTrue(one == other || wins == one.rank().compareTo(other.rank()) > 0);
            }
        }
    }
}
