package kvs.tidy;

import static kvs.tidy.Samples.assertClean;
import static kvs.tidy.Samples.assertOne;
import static kvs.tidy.Samples.outline;
import static kvs.tidy.Samples.store;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WordsTest {
    @ParameterizedTest
    @ValueSource(strings = {
        "class LogManager {}", "interface KeyHelper {}", "enum ByteUtils { A }", "record LogImpl(int a) {}",
        "class BaseLog {}", "class AbstractLog {}", "class CommonWords {}", "record NodeInfo(int a) {}",
        "class FrameProcessor {}"
    })
    void refusesNamesThatSayNothing(String type) {
        assertOne(Words.offenders(outline(type)), "take a noun");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "class Base64 {}", "class Baseline {}", "class Information {}", "class Utilization {}",
        "record Implied(int a) {}"
    })
    void allowsWordsThatOnlyBeginAlike(String type) {
        assertClean(Words.offenders(outline(type)));
    }

    @Test
    void refusesGetters() {
        assertOne(Words.offenders(outline("int getSize() { return 1; }")), "Log.java:4", "getSize");
        assertOne(Words.offenders(outline("interface Shelf { int getSize(); }")), "getSize");
    }

    @Test
    void allowsReadersOverridesAndCalls() {
        assertClean(Words.offenders(outline("int size() { return a.getSize(); } int get() { return 1;"
                + " } int getAt(int i) { return i; }")));
        assertClean(Words.offenders(outline("int getaway() { return 1; } @Override public String getName() {"
                + " return \"getX()\"; }")));
    }

    private static List<String> unused(Source... others) {
        var all = new ArrayList<>(List.of(others));
        all.add(store("Log log;"));
        return Words.unused(all, Outline.parse(List.of(store("Log log;"))));
    }

    @Test
    void findsTypesThatNobodyMentions() {
        assertOne(unused(), "type Log is used nowhere");
        assertOne(unused(new Source("src/kvs/X.java", "// Log\nString s = \"Log\"; int Logs;")), "Log");
        assertOne(unused(new Source("README.md", "Log")), "Log");
    }

    @Test
    void aMentionAnywhereIsAUse() {
        assertClean(unused(new Source("src/kvs/X.java", "new Log()")));
        assertClean(unused(new Source("test/kvs/X.java", "new Log()")));
        assertClean(unused(new Source("Makefile", "java kvs.store.Log")));
    }
}
