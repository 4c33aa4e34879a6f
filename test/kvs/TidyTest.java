package kvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import kvs.tidy.Bans;
import kvs.tidy.Checkout;
import kvs.tidy.Docs;
import kvs.tidy.Outline;
import kvs.tidy.Plain;
import kvs.tidy.Ranks;
import kvs.tidy.Readme;
import kvs.tidy.Shape;
import kvs.tidy.Source;
import kvs.tidy.State;
import kvs.tidy.Words;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The linter: the checkout at system property {@code kvs.root} keeps the rules of the house. That each rule
 * can fail is proven in {@code kvs.tidy}.
 */
class TidyTest {
    private static Checkout checkout;
    private static List<Outline> outlines;

    @BeforeAll
    static void readsTheCheckout() throws IOException {
        checkout = new Checkout(Path.of(System.getProperty("kvs.root", ".")));
        outlines = Outline.parse(checkout.sources().stream().filter(Source::isProduct).toList());
        Shape.wishes(checkout.sources()).forEach(wish -> System.out.println("info: " + wish));
    }

    @Test
    void packagesNameLowerRanksOnly() {
        assertNone(Ranks.offenders(checkout.sources()));
    }

    @Test
    void worldIsReachedThroughItsDoors() {
        assertNone(Bans.offenders(checkout.sources()));
    }

    @Test
    void noPatternBacktracksOnForeignText() {
        assertNone(Bans.patterns(checkout.sources()));
    }

    @Test
    void noExceptionIsShownToAPerson() {
        assertNone(Bans.messages(checkout.sources()));
    }

    @Test
    void testsStepClocksInsteadOfSleeping() {
        assertNone(Bans.sleeps(checkout.sources()));
    }

    @Test
    void staticFieldsNeverChange() {
        assertNone(State.statics(outlines));
    }

    @Test
    void failuresAreNotSwallowed() {
        assertNone(State.swallowed(outlines));
    }

    @Test
    void filesAndMethodsFitAScreen() {
        assertNone(Shape.offenders(outlines));
    }

    @Test
    void namesSayWhatThingsAre() {
        assertNone(Words.offenders(outlines));
    }

    @Test
    void everyTypeIsUsed() {
        assertNone(Words.unused(checkout.sources(), outlines));
    }

    @Test
    void everythingPublicIsDocumented() {
        assertNone(Docs.offenders(outlines));
    }

    @Test
    void commentsBeginWithANoun() {
        assertNone(Docs.openers(Outline.parse(checkout.sources())));
    }

    @Test
    void nothingIsLeftUnfinished() {
        assertNone(Plain.marks(checkout.sources()));
    }

    @Test
    void noFileNamesAMachineOrARegistry() {
        assertNone(Plain.places(checkout.sources()));
    }

    @Test
    void linesAreNotTooLong() {
        assertNone(Plain.longLines(checkout.sources()));
    }

    @Test
    void linesEndCleanly() {
        assertNone(Plain.blanks(checkout.sources()));
    }

    @Test
    void topLevelHoldsOnlyWhatBelongsThere() {
        assertNone(checkout.strangers());
    }

    @Test
    void readmeHasATableOfRoutesAndOneOfKeys() {
        var readme = new Readme(checkout.text("README.md"));
        assertFalse(readme.routes().isEmpty(), "README.md: no table of routes below a heading with API");
        assertFalse(readme.keys().isEmpty(),
                "README.md: no table of keys below a heading with Configuration");
    }

    private static void assertNone(List<String> offenders) {
        assertEquals("", String.join("\n", offenders), offenders.size() + " offenders");
    }
}
