package kvs.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kvs.model.Refusal;
import org.junit.jupiter.api.Test;

class QueryRulesTest {

    private static final Parameter<Boolean> RAW = Parameter.flag("raw", "");
    private static final Parameter<Long> LIMIT = Parameter.integer("limit", 1, 10, "").standard("5");
    private static final Parameter<Boolean> OLD = Parameter.flag("old", "");
    private static final Parameter<Long> WAIT = Parameter.duration("wait", 60_000, "");
    private final QueryRules rules = QueryRules.of(List.of(RAW),
            List.of(new QueryRules.Form(OLD, List.of(LIMIT))),
            List.of(WAIT));

    private static String refusal(QueryRules rules, String... inTurn) {
        Map<String, String> query = new LinkedHashMap<>();
        for (int i = 0; i < inTurn.length; i += 2) {
            query.put(inTurn[i], inTurn[i + 1]);
        }
        try {
            rules.check(query.keySet(), name -> Optional.ofNullable(query.get(name)));
            return "";
        } catch (Refusal refusal) {
            return refusal.detail();
        }
    }

    @Test
    void acceptsWhatAFormHas() {
        assertEquals("", refusal(rules));
        assertEquals("", refusal(rules, "raw", "", "wait", "1m"));
        assertEquals("", refusal(rules, "old", "", "limit", "10", "wait", "0"));
        assertEquals("", refusal(rules, "old", "false", "raw", "true"));
    }

    @Test
    void refusesWhatNoFormHas() {
        assertEquals("unknown query parameter 'rwa'; accepted: raw, old, wait", refusal(rules, "rwa", ""));
        assertEquals("unknown query parameter 'limit'; accepted: raw, old, wait",
                refusal(rules, "limit", "1"));
        assertEquals("the query parameter 'raw' does not go with 'old'; accepted: old, limit, wait",
                refusal(rules, "old", "", "raw", ""));
        assertEquals("unknown query parameter 'a': none is accepted here", refusal(QueryRules.NONE, "a", ""));
    }

    @Test
    void refusesValuesOutOfBounds() {
        assertEquals("the query parameter 'limit' must be an integer from 1 to 10",
                refusal(rules, "old", "", "limit", "11"));
        assertEquals("the query parameter 'raw' must be true, false or without a value",
                refusal(rules, "raw", "1"));
        assertEquals("the query parameter 'wait' must be at most 1m", refusal(rules, "wait", "61s"));
        Parameter<String> word = Parameter.word("op", List.of("a", "b", "c"), "");
        assertEquals("the query parameter 'op' must be a, b or c",
                assertThrows(Refusal.class, () -> word.parse("d")).detail());
        Parameter<String> key = Parameter.key("after", "");
        assertThrows(Refusal.class, () -> key.parse("ü".repeat(2_051)));
        assertEquals(4_100, key.parse("ü".repeat(2_050)).length() * 2);
    }

    @Test
    void refusesARequestWithoutWhatItMustHave() {
        QueryRules demanding = QueryRules.of(List.of(RAW.required("say raw")), List.of(), List.of());
        assertTrue(demanding.demanding());
        assertFalse(rules.demanding());
        assertEquals("say raw", refusal(demanding));
        assertEquals("", refusal(demanding, "raw", ""));
    }

    /** A text that a parameter accepts fits the pattern or the words of its schema. */
    @Test
    void everyDefaultIsAnAcceptedValue() {
        for (RouteDescription route : RouteTable.all()) {
            for (Parameter<?> parameter : route.query().all()) {
                if (!parameter.standard().isEmpty()) {
                    parameter.parse(parameter.standard());
                }
            }
        }
    }
}
