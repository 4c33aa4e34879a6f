package kvs.tidy;

import static kvs.tidy.Samples.assertClean;
import static kvs.tidy.Samples.assertOne;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The samples are put together from halves, since this file is held to the same rules. */
class PlainTest {
    private static List<Source> file(String path, String text) {
        return List.of(new Source(path, text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TO|DO later", "// FIX|ME", "* X|XX"})
    void refusesMarksInCommentsToo(String halves) {
        assertOne(Plain.marks(file("test/kvs/ATest.java", "\n// " + halves.replace("|", ""))),
                "ATest.java:2");
        assertClean(Plain.marks(file("README.md", "todo XXXXX TODOS")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cd /ho|me/ann", "\"/ro|ot/x\"", "=/wo|rk/main", "/tmp|/kvs/x",
        "/usr/lib|/jvm/java-17", "'/Us|ers/ann'"})
    void refusesPathsOfOneMachine(String halves) {
        assertOne(Plain.places(file("Makefile", halves.replace("|", ""))), "one machine");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/sync/merkle/root/", "/kv/ho|me/room", "$TMP/wo|rk/x",
        "/usr/lib|/jvm/*", "/tmp/x"})
    void allowsPathsOfTheProduct(String halves) {
        assertClean(Plain.places(file("README.md", halves.replace("|", ""))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://repo1.ma|ven.org/maven2", "repo.|maven.apache.org",
        "registry.|npmjs.org", "https://pypi|.org/simple"})
    void refusesHostsOfRegistries(String halves) {
        assertOne(Plain.places(file(".ci/run", halves.replace("|", ""))), "registry");
    }

    @Test
    void limitsLinesOfJava() {
        assertClean(Plain.longLines(file("test/kvs/ATest.java", "é".repeat(110) + "\n")));
        assertOne(Plain.longLines(file("test/kvs/ATest.java", "\n" + "é".repeat(111) + "\n")),
                "ATest.java:2", "111");
        assertClean(Plain.longLines(file("README.md", "x".repeat(200))));
        String block = "a(\"\"\"\n" + "x".repeat(200) + "\n\"\"\");\n";
        assertClean(Plain.longLines(file("test/kvs/ATest.java", block)));
        assertOne(Plain.longLines(file("test/kvs/ATest.java", block + "x".repeat(200) + "\n")),
                "ATest.java:4");
    }

    @Test
    void wantsCleanLineEnds() {
        assertClean(Plain.blanks(file("Makefile", "a:\n\tb\n")));
        assertOne(Plain.blanks(file("README.md", "a \nb\n")), "README.md:1");
        assertOne(Plain.blanks(file("README.md", "a\r\nb\n")), "README.md:1");
        assertOne(Plain.blanks(file("README.md", "a\nb")), "README.md:2");
        assertOne(Plain.blanks(file("README.md", "a\n\n")), "one line end");
        assertOne(Plain.blanks(file("src/kvs/X.java", "\ta\n")), "a tab");
    }
}
