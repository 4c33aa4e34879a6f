package kvs.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import kvs.tidy.Checkout;
import kvs.tidy.Source;
import org.junit.jupiter.api.Test;

/** The problems of the product: none without a test that it comes and that it goes. */
class HealthProblemTest {

    private static final Pattern TESTED = Pattern.compile(
            "HealthProblemCheck\\.comesAndGoes\\((?:HealthProblem\\.)?Kind\\.([A-Z_]+),");

    private static Stream<String> tested(Source source) {
        return TESTED.matcher(source.code()).results().map(found -> found.group(1));
    }

    @Test
    void eachIsTestedBothWays() throws IOException {
        List<String> tested = new Checkout(Path.of(System.getProperty("kvs.root", "."))).sources().stream()
                .filter(Source::isTest).flatMap(HealthProblemTest::tested).toList();
        List<String> untested = Stream.of(HealthProblem.Kind.values()).map(Enum::name)
                .filter(name -> !tested.contains(name)).toList();
        assertEquals(List.of(), untested,
                "problems without a test that calls kvs.sim.HealthProblemCheck.comesAndGoes");
    }

    @Test
    void aTestThatIsCommentedOutDoesNotCount() {
        Matcher none = TESTED.matcher(new Source("test/kvs/A.java",
                "// HealthProblemCheck.comesAndGoes(Kind.LEFT, a, b, c);\n").code());
        assertEquals(0, none.results().count());
    }
}
