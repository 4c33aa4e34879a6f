package kvs.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.documents.Preconditions.Match;
import kvs.model.Reason;
import kvs.model.Refusal;
import org.junit.jupiter.api.Test;

class PreconditionsTest {

    private static final EntityTag A = EntityTag.of(new UUID(1, 1));
    private static final EntityTag B = EntityTag.of(new UUID(2, 2));
    private static final Optional<EntityTag> NOTHING = Optional.empty();

    private record Row(String ifMatch, String ifNoneMatch, Optional<EntityTag> current, boolean holds) { }

    @Test
    void holdAsTheTableSays() {
        String a = A.text();
        String b = B.text();
        List<Row> table = List.of(
                new Row(null, null, NOTHING, true),
                new Row(null, null, Optional.of(A), true),
                new Row("*", null, NOTHING, false),
                new Row("*", null, Optional.of(A), true),
                new Row(a, null, NOTHING, false),
                new Row(a, null, Optional.of(A), true),
                new Row(a, null, Optional.of(B), false),
                new Row(a + ", " + b, null, Optional.of(B), true),
                new Row("W/" + a, null, Optional.of(A), false),
                new Row("W/" + a + "," + a, null, Optional.of(A), true),
                new Row(null, "*", NOTHING, true),
                new Row(null, "*", Optional.of(A), false),
                new Row(null, a, NOTHING, true),
                new Row(null, a, Optional.of(A), false),
                new Row(null, a, Optional.of(B), true),
                new Row(null, "W/" + a, Optional.of(A), false),
                new Row(null, b + "," + a, Optional.of(A), false),
                new Row(a, b, Optional.of(A), true),
                new Row(a, a, Optional.of(A), false),
                new Row("*", "*", Optional.of(A), false),
                new Row("*", "*", NOTHING, false));
        for (Row row : table) {
            assertEquals(row.holds, conditions(row.ifMatch, row.ifNoneMatch).hold(row.current, 0),
                    row.toString());
        }
    }

    /** Of a date only the second counts, because that is all that a reader was told. */
    @Test
    void aDateHoldsUntilTheSecondAfterIt() {
        Preconditions dated = new Preconditions(Optional.empty(), Optional.empty(), Optional.of(100L));
        assertTrue(dated.hold(Optional.of(A), 99_000));
        assertTrue(dated.hold(Optional.of(A), 100_999));
        assertFalse(dated.hold(Optional.of(A), 101_000));
        assertFalse(dated.hold(NOTHING, 0), "it demands a version");
        Preconditions both = new Preconditions(Optional.empty(), Optional.of(Match.header(B.text())),
                Optional.of(100L));
        assertTrue(both.hold(Optional.of(A), 100_000));
        assertFalse(both.hold(Optional.of(B), 100_000));
        assertThrows(Refusal.class, () -> dated.checkRead(Optional.of(A), 101_000));
    }

    @Test
    void readerIsUpToDateOnlyWhenTheTagIsKnown() {
        assertTrue(conditions(null, "W/" + A.text()).unchanged(Optional.of(A)));
        assertFalse(conditions(null, B.text()).unchanged(Optional.of(A)));
        assertFalse(conditions(null, A.text()).unchanged(NOTHING));
        assertFalse(conditions(A.text(), null).unchanged(Optional.of(A)));
    }

    @Test
    void refusalTellsTheTagThatIsThere() {
        Refusal changed = assertThrows(Refusal.class,
                () -> conditions(A.text(), null).check(Optional.of(B), 0, true));
        assertEquals(Reason.CONDITION_FAILED, changed.reason());
        assertEquals(B.text(), changed.fields().get("etag"));
        Refusal absent = assertThrows(Refusal.class,
                () -> conditions(A.text(), null).check(NOTHING, 0, true));
        assertFalse(absent.fields().containsKey("etag"));
    }

    @Test
    void commaInsideATagDoesNotEndIt() {
        Match match = Match.header("\"x,y\" , W/\"z\"");
        assertEquals(List.of(new EntityTag(false, "x,y"), new EntityTag(true, "z")), match.tags());
    }

    @Test
    void refusesWhatIsNoTag() {
        for (String text : List.of("", "abc", "\"abc", "abc\"", "\"a\",", ",\"a\"", "w/\"a\"", "\"a\" \"b\"",
                "\"a b\"", "W/", "\"", "*,\"a\"")) {
            Refusal refusal = assertThrows(Refusal.class, () -> Match.header(text), text);
            assertEquals(Reason.BAD_REQUEST, refusal.reason(), text);
        }
        assertThrows(Refusal.class, () -> Match.header("\"a\",".repeat(200) + "\"a\""));
    }

    @Test
    void memberTakesABareId() {
        assertEquals(Match.header(A.text()), Match.member(A.opaque()));
        assertEquals(Match.header(A.text()), Match.member(A.text()));
        assertTrue(Match.member("*").any());
        assertThrows(Refusal.class, () -> Match.member(""));
    }

    private static Preconditions conditions(String ifMatch, String ifNoneMatch) {
        return new Preconditions(Optional.ofNullable(ifMatch).map(Match::header),
                Optional.ofNullable(ifNoneMatch).map(Match::header));
    }
}
