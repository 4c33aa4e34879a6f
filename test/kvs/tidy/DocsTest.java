package kvs.tidy;

import static kvs.tidy.Samples.assertClean;
import static kvs.tidy.Samples.assertOne;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocsTest {
    private static final String TEXT = "/**\n * One.\n * Two.\n *\n * Three.\n * Four.\n */\n"
            + "package kvs.store;\n";

    private static List<String> offenders(String packageInfo, String code) {
        return Docs.offenders(Outline.parse(List.of(
                new Source("src/kvs/store/package-info.java", packageInfo),
                new Source("src/kvs/store/Log.java", "package kvs.store;\n" + code))));
    }

    @Test
    void wantsAPackageExplained() {
        assertClean(offenders(TEXT, "class Log {}"));
        assertOne(offenders(TEXT.replace(" * Two.\n", ""), "class Log {}"), "package-info.java:1", "here 3");
        assertOne(offenders("package kvs.store;", "class Log {}"), "here 0");
        assertOne(Docs.offenders(Samples.outline("")), "src/kvs/store: no package-info.java");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "public class Log {}", "/* No Javadoc. */ public class Log {}", "public record Log(int a) {}",
        "/** Doc. */ public class Log { public void run() {} }",
        "/** Doc. */ public interface Log { void run(); }",
        "/** Doc. */ public class Log { public static class In { public void run() {} } }",
        "/** Doc. */ public interface Log { record In(int a) { public int b() { return a; } } }"
    })
    void wantsJavadocOnWhatIsPublic(String code) {
        assertOne(offenders(TEXT, code), "Log.java:2", "has no Javadoc");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "/** What is written. */ class Log {}", "/**\n * How it is written.\n */\nenum Log { A }",
        "class Log {\n/** Something. */ private record In(int a) {} }"
    })
    void refusesCommentsWithoutANoun(String code) {
        assertOne(Docs.openers(Samples.outline(code)), "begin with the noun");
    }

    @Test
    void refusesThemInTestsToo() {
        assertOne(Docs.openers(Outline.parse(List.of(new Source("test/kvs/store/LogTest.java",
                "package kvs.store;\n/** What a log keeps. */\nclass LogTest {}")))),
                "test/kvs/store/LogTest.java:3", "begin with the noun");
    }

    @Test
    void allowsQuestionWordsElsewhere() {
        assertClean(Docs.openers(Samples.outline("/** The log. What is written. */ class Log {\n"
                + "/** Whether. */ boolean a; }")));
        assertClean(Docs.openers(Samples.outline("/** Whatever. */ class Log {}")));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "class Log { public void run() {} }",
        "/** Doc. */ public class Log { public Log() {} void run() {} }",
        "/** Doc. */ public class Log { @Override public String toString() { return null; } }",
        "/** Doc. */ public class Log { private static class In { public void run() {} } }",
        "/** Doc. */ public class Log { Runnable r = new Runnable() { public void run() {} }; }",
        "/** Doc. */ public interface Log {\n/** Doc. */ void run(); private void in() {} }",
        "/** Doc. */ public record Log(int a) { public Log { } }"
    })
    void wantsNoneElsewhere(String code) {
        assertClean(offenders(TEXT, code));
    }
}
