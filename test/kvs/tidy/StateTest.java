package kvs.tidy;

import static kvs.tidy.Samples.assertClean;
import static kvs.tidy.Samples.assertOne;
import static kvs.tidy.Samples.outline;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateTest {
    @ParameterizedTest
    @ValueSource(strings = {
        "static int count;", "private static volatile Log last = null;",
        "static final AtomicLong COUNT = new AtomicLong();",
        "static final Map<A, B> SEEN = new java.util.HashMap<>();",
        "static final List<A> ALL = new ArrayList<>();", "static class In { static int count; }"
    })
    void refusesStaticsThatChange(String field) {
        assertOne(State.statics(outline(field)), "Log.java:4", "can change");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "int count;", "static final int MAX = 3;", "static final Map<A, B> TABLE = Map.of();",
        "static final byte[] MAGIC = {1};", "static final Set<A> ALL = Set.copyOf(new HashSet<>(list));",
        "static int size() { int count = 0; return count; }"
    })
    void allowsConstantsAndFields(String field) {
        assertClean(State.statics(outline(field)));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "catch (IOException e) { }", "catch (IOException e) { /* fine */ }",
        "catch (Exception e) { return; }",
        "catch (Throwable t) { close(); }", "catch (IOException | RuntimeException e) { log(\"e\"); }"
    })
    void refusesSwallowedFailures(String handler) {
        assertOne(State.swallowed(outline("void run() { try { go(); } " + handler + " }")), "Log.java:4");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "catch (IOException e) { return; }", "catch (Exception e) { log(e); }",
        "catch (RuntimeException e) { throw e; }"
    })
    void allowsHandlersThatDecide(String handler) {
        assertClean(State.swallowed(outline("void run() { try { go(); } " + handler + " }")));
    }
}
