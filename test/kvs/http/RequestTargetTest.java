package kvs.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.routes.Parameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTest {

    @ParameterizedTest
    @CsvSource({"/kv/a, /kv/a", "/kv/a%2Fb, /kv/a/b", "/kv/a%2fb, /kv/a/b", "/kv/a+b, /kv/a+b",
        "/kv/a%20b, /kv/a b", "/kv/%C3%A9, /kv/\u00e9",
        "/kv/%F0%9F%98%80, /kv/\ud83d\ude00", "/kv/..., /kv/...", "/kv/a..b, /kv/a..b", "/kv/, /kv/", "/, /",
        "/kv/%25, /kv/%", "/kv/a%3Fb, /kv/a?b", "/kv/;=:@!$&()*, /kv/;=:@!$&()*"})
    void decodesOnce(String raw, String path) {
        assertEquals(path, RequestTarget.parse(raw).path());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/kv/%", "/kv/%2", "/kv/%zz", "/kv/%2g", "/kv/%-1", "/kv/%\uff11\uff11",
        "/kv/%c3", "/kv/%c0%af", "/kv/%e0%80%af", "/kv/%ed%a0%80",
        "/kv/%ff", "/kv/%00", "/kv/a%0a", "/kv/%1f", "/kv/%7f", "/kv/%c2%80", "/kv/%c2%85", "/kv/%e2%80%a8",
        "/kv/%e2%80%a9", "/kv/.", "/kv/..", "/kv/../a", "/kv/%2e%2e/a", "/kv/%2e", "/kv/a/./b", "/kv/a//b",
        "/kv/%2f", "/kv//", "/kv/a%2F%2Fb", "/kv/\u00e9", "/kv/a b", "/kv/a\tb"})
    void refusesWhatNoKeyHas(String raw) {
        assertEquals(Reason.BAD_KEY, assertThrows(Refusal.class, () -> RequestTarget.parse(raw)).reason());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "kv/a", "//kv/a", "http://h/kv/a", "*", "/kv/a#b", "/kv/a?x=%",
        "/kv/a?x=%c0%af", "/kv/a?x=1&x=2", "/kv/a?&", "/kv/a?=1", "/a?x=1&"})
    void refusesOtherTargets(String raw) {
        assertEquals(Reason.BAD_REQUEST,
                assertThrows(Refusal.class, () -> RequestTarget.parse(raw)).reason());
    }

    @Test
    void boundsTheLength() {
        assertEquals(Reason.TARGET_TOO_LONG, assertThrows(Refusal.class,
                () -> RequestTarget.parse("/" + "a".repeat(RequestTarget.LENGTH_MAX))).reason());
    }

    @Test
    void readsParameters() {
        QueryParameters query = RequestTarget
                .parse("/kv/a?raw&watch=1m30s&after=a+b%2Bc&limit=7&plain=true&force=false").query();
        assertTrue(query.flag(flag("raw")) && query.flag(flag("plain")));
        assertFalse(query.flag(flag("force")) || query.flag(flag("absent")));
        assertEquals(Optional.of("a b+c"), query.text("after"));
        assertEquals(Optional.of(7L), query.value(integer("limit", 1, 10)));
        assertEquals(3L, query.required(integer("absent", 1, 10).standard("3")));
        assertEquals(Optional.empty(), query.value(integer("absent", 1, 10)));
        assertEquals(Optional.of(90_000L), query.value(duration("watch", 100_000)));
        assertEquals(List.of("raw", "", "watch", "1m30s", "limit", "7", "plain", "true", "force", "false"),
                query.inTurnWithout("after"));
        for (Parameter<?> bad : List.of(integer("limit", 1, 6), integer("after", 1, 6),
                duration("watch", 80_000),
                duration("limit", 80_000), flag("limit"))) {
            assertThrows(Refusal.class, () -> query.value(bad));
        }
    }

    private static Parameter<Boolean> flag(String name) {
        return Parameter.flag(name, "");
    }

    private static Parameter<Long> integer(String name, long least, long most) {
        return Parameter.integer(name, least, most, "");
    }

    private static Parameter<Long> duration(String name, long most) {
        return Parameter.duration(name, most, "");
    }
}
