package kvs.tidy;

import static kvs.tidy.Samples.assertClean;
import static kvs.tidy.Samples.assertOne;
import static kvs.tidy.Samples.outline;
import static kvs.tidy.Samples.store;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShapeTest {
    @Test
    void limitsFiles() {
        assertClean(Shape.offenders(outline("\n".repeat(345))));
        assertOne(Shape.offenders(outline("\n".repeat(346))), "351 lines");
    }

    @Test
    void limitsPackages() {
        assertClean(Shape.packages(Collections.nCopies(45, store(""))));
        assertOne(Shape.packages(Collections.nCopies(46, store(""))), "kvs.store: 46 files");
    }

    @Test
    void wishesForShorterFiles() {
        assertClean(Shape.wishes(List.of(store("\n".repeat(245)))));
        assertOne(Shape.wishes(List.of(store("\n".repeat(246)))), "251 lines");
    }

    @Test
    void limitsMethods() {
        assertClean(Shape.offenders(outline("/** Doc.\n\n\n\n */\nvoid run() {" + "\n".repeat(59) + "}")));
        assertOne(Shape.offenders(outline("void run() {" + "\n".repeat(60) + "}")), "run has 61 lines");
    }

    @Test
    void limitsParameters() {
        assertClean(Shape.offenders(outline("void f(int a, int b, int c, int d, int e) {}")));
        assertOne(Shape.offenders(outline("void f(int a, int b, int c, int d, int e, int g) {}")),
                "6 parameters");
        assertOne(Shape.offenders(outline("Log(int a, int b, int c, int d, int e, int g) {}")),
                "6 parameters");
    }

    @Test
    void recordHeadersMayBeLong() {
        String header = "record R(int a, int b, int c, int d, int e, int g)";
        assertClean(Shape.offenders(outline(header + " { R { check(a); } }")));
        assertClean(
                Shape.offenders(outline(header + " { R(int a, int b, int c, int d, int e, int g) { } }")));
        assertOne(Shape.offenders(outline(header
                + " { static R of(int a, int b, int c, int d, int e, int g) { return null; } }")));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "for (;;) { if (a) { while (b) { c(); } } }",
        "for (var x : y) { try { if (a) { b(); } } catch (E e) { if (c) { d(); } } finally { do { "
                + "f(); } while (g); } }",
        "if (a) { b(); } else if (c) { d(); } else if (e) { f(); } else if (g) { h(); } else { i(); }",
        "for (;;) { if (a) { run(() -> { { while (b) { c(); } } }); } }",
        "for (;;) { if (a) { new X() { void f() { if (b) { while (c) { d(); } } } }; } }",
    })
    void allowsThreeLevels(String code) {
        assertClean(Shape.offenders(outline("void run() { " + code + " }")));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "for (;;) { if (a) { while (b) { if (c) { d(); } } } }",
        "for (;;) { try { if (a) { b(); } } catch (E e) { switch (f) { case 1: do { g(); } while (h); } } }",
        "for (var x : y) for (var z : x) for (;;) if (a) b();",
        "for (;;) { if (a) { run(() -> { while (b) { int c = switch (d) { default -> 1; }; } }); } }",
        "if (a) { b(); } else { if (c) { d(); } else { if (e) { f(); } else { if (g) { h(); } } } }",
    })
    void refusesTheFourthLevel(String code) {
        assertOne(Shape.offenders(outline("void run() { " + code + " }")), "run nests 4 levels");
    }
}
