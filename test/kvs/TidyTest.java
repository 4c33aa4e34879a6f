package kvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import kvs.model.Reason;
import kvs.tidy.Bans;
import kvs.tidy.Checkout;
import kvs.tidy.Docs;
import kvs.tidy.Outline;
import kvs.tidy.Plain;
import kvs.tidy.Ranks;
import kvs.tidy.ManualRules;
import kvs.tidy.ManualTables;
import kvs.tidy.MarkdownPage;
import kvs.tidy.Shape;
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
    /** Of every Java source. */
    private static List<Outline> all;
    /** Of the product. */
    private static List<Outline> outlines;
    private static Map<String, MarkdownPage> manual;

    @BeforeAll
    static void readsTheCheckout() throws IOException {
        checkout = new Checkout(Path.of(System.getProperty("kvs.root", ".")));
        all = Outline.parse(checkout.sources());
        outlines = all.stream().filter(Outline::isProduct).toList();
        manual = ManualRules.pages(checkout.sources());
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
    void packagesFitAList() {
        assertNone(Shape.packages(checkout.sources()));
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
        assertNone(Docs.openers(all));
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
    void readmeIsAFrontPage() {
        assertNone(ManualRules.frontPage(manual));
    }

    @Test
    void indexOfTheManualNamesEveryPage() {
        assertNone(ManualRules.index(manual));
    }

    @Test
    void pagesOfTheManualHaveOneForm() {
        assertNone(ManualRules.form(manual));
    }

    @Test
    void linksOfTheManualLeadSomewhere() {
        assertNone(ManualRules.links(manual, checkout.sources()));
    }

    @Test
    void commandsOfTheManualCanBePasted() {
        assertNone(ManualRules.commands(manual));
    }

    @Test
    void manualNamesEveryReasonOfARefusal() {
        assertNone(ManualRules.missing("src/kvs/docs/api.md", manual,
                Arrays.stream(Reason.values()).map(Reason::text).toList()));
    }

    @Test
    void manualHasATableOfRoutesAndOneOfKeys() {
        assertFalse(new ManualTables(checkout.text("src/kvs/docs/api.md")).routes().isEmpty(),
                "api.md: no table of routes below a heading with API");
        assertFalse(new ManualTables(checkout.text("src/kvs/docs/configuration.md")).keys().isEmpty(),
                "configuration.md: no table of keys below a heading with Configuration");
    }

    private static void assertNone(List<String> offenders) {
        assertEquals("", String.join("\n", offenders), offenders.size() + " offenders");
    }
}
