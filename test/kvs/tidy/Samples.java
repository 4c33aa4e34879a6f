package kvs.tidy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

/** Bad samples for the rules, and what is expected of them. */
final class Samples {
    private Samples() {}

    /** A file of {@code kvs.store} with this body in a class. */
    static Source store(String members) {
        return new Source("src/kvs/store/Log.java",
                "package kvs.store;\n/** Doc. */\npublic final class Log {\n" + members + "\n}\n");
    }

    /** The same, parsed. */
    static List<Outline> outline(String members) {
        return Outline.parse(List.of(store(members)));
    }

    static void assertClean(List<String> offenders) {
        assertEquals(List.of(), offenders);
    }

    /** One offender, whose line holds all of these. */
    static void assertOne(List<String> offenders, String... parts) {
        assertEquals(1, offenders.size(), () -> "offenders " + offenders);
        for (String part : parts) {
            assertTrue(offenders.get(0).contains(part), () -> part + " is not in " + offenders.get(0));
        }
    }
}
