package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.model.AsciiParsers;
import kvs.routes.Example;
import kvs.routes.RequiredAccess;
import kvs.routes.RouteDescription;
import kvs.routes.RouteTable;
import org.junit.jupiter.api.Test;

/**
 * Sends every example of the table of routes as an administrator of one node, and compares the answer: the
 * status, the members of objects, the elements of lists, and the values that are no ids, times, sizes or
 * digests.
 */
class ExamplesTest {

    /** Members whose values differ from node to node and from time to time. */
    private static final Set<String> VOLATILE = Set.of("timestamp", "expires_at", "created_at", "updated_at",
            "issued_at", "started_at", "last_seen", "joined_timestamp", "at", "request_id", "node",
                    "node_id", "version",
            "uptime_ms", "disk_free_bytes", "root", "hash", "head", "token", "next", "bytes", "count",
            "log_bytes", "live_bytes", "name",
                    "secret", "added_at", "heard_at", "address", "id", "lines", "keys", "origin");

    private static final int DELETES = 3;

    private final InMemoryApi api = InMemoryApi.guarded(InMemoryApi.Access.STRICT);
    private final String token = token();
    /** The real ids by those in the examples. */
    private final Map<String, String> ids = new LinkedHashMap<>();
    private final List<String> faults = new ArrayList<>();

    /** The token of an administrator, {@code admin}. */
    private String token() {
        String[] operator = {"Authorization", "Bearer " + api.adminToken()};
        String user = api.send("POST", "/auth/users", "{\"nickname\":\"admin\",\"admin\":true}", operator)
                .uuid();
        return api.send("POST", "/auth/tokens", "{\"user_uuid\":\"" + user
                + "\",\"scopes\":[\"read\",\"write\",\"admin\"]}", operator).member("token");
    }

    /**
     * What makes accounts comes first, because others name them; a proof comes when its document is written;
     * what removes or ends comes last.
     */
    private static int turn(RouteDescription route) {
        boolean makes = route.method().equals("POST") && route.pattern().startsWith("/auth/");
        boolean proves = route.pattern().equals("/admin/proofs");
        return makes ? 0 : proves ? 2 : route.method().equals("DELETE") ? DELETES
                : route.pattern().endsWith("/leave") ? 4 : 1;
    }

    @Test
    void everyExampleIsAnsweredAsItSays() {
        List<RouteDescription> routes = new ArrayList<>(RouteTable.ofClients()
                .sorted(Comparator.comparingInt(ExamplesTest::turn)).collect(Collectors.toList()));
        int deletes = (int) routes.stream().filter(route -> turn(route) == DELETES).count();
        List<RouteDescription> ending = routes.subList(routes.size() - deletes - 1, routes.size() - 1);
        Collections.reverse(ending);
        for (RouteDescription route : routes) {
            route.examples().forEach(example -> send(route, example));
        }
        assertEquals("", String.join("\n", faults));
    }

    @Test
    void everyRouteWithAnswersHasAnExample() {
        Set<String> without = RouteTable.ofClients().filter(route -> route.examples().isEmpty())
                .map(RouteDescription::name).collect(Collectors.toSet());
        assertEquals(Set.of("GET /openapi.json", "GET /problems/", "GET /console/{file}"), without,
                "these are too long to show");
        assertTrue(RouteTable.all().stream().filter(route -> route.access() == RequiredAccess.PEER)
                .allMatch(route -> route.examples().isEmpty()));
    }

    private void send(RouteDescription route, Example example) {
        String[] headers = Stream.concat(Stream.of("Authorization: Bearer " + token),
                example.headers().stream())
                .flatMap(field -> Stream.of(field.split(": ", 2))).toArray(String[]::new);
        InMemoryApi.ApiResponse answer = api.send(route.method(), real(example.target()),
                real(example.body()), headers);
        String what = route.method() + " " + example.target();
        if (answer.status() != example.status()) {
            faults.add(what + ": " + answer.status() + ", not " + example.status() + " " + answer.body());
            return;
        }
        boolean json = answer.header("Content-Type").contains("json");
        if (!json) {
            if (!answer.body().startsWith(example.answer())) {
                faults.add(what + ": " + answer.body());
            }
            return;
        }
        try {
            compare(JsonValue.parse(example.answer().getBytes(StandardCharsets.UTF_8)), answer.json(), what);
        } catch (JsonException e) {
            faults.add(what + ": the example is no JSON: " + example.answer());
        }
    }

    private String real(String text) {
        String real = text;
        for (Map.Entry<String, String> id : ids.entrySet()) {
            real = real.replace(id.getKey(), id.getValue());
        }
        return real;
    }

    private void compare(JsonValue example, JsonValue real, String at) throws JsonException {
        if (example.kind() != real.kind()) {
            faults.add(at + " is " + text(real) + ", not " + text(example));
        } else if (example.kind() == JsonValue.Kind.OBJECT) {
            members(example, real, at);
        } else if (example.kind() == JsonValue.Kind.ARRAY) {
            List<JsonValue> expected = example.elements();
            List<JsonValue> found = real.elements();
            if (expected.size() != found.size()) {
                faults.add(at + " is " + text(real) + ", not " + text(example));
                return;
            }
            for (int i = 0; i < expected.size(); i++) {
                compare(expected.get(i), found.get(i), at + "[" + i + "]");
            }
        } else if (AsciiParsers.uuid(InMemoryApi.text(example)).isPresent()) {
            ids.putIfAbsent(InMemoryApi.text(example), InMemoryApi.text(real));
        } else if (!text(example).equals(text(real))) {
            faults.add(at + " is " + text(real) + ", not " + text(example));
        }
    }

    private void members(JsonValue example, JsonValue real, String at) throws JsonException {
        List<String> expected = example.fields().stream().map(JsonValue.Field::name).toList();
        List<String> found = real.fields().stream().map(JsonValue.Field::name).toList();
        if (!expected.equals(found)) {
            faults.add(at + " has " + found + ", not " + expected + ": " + text(real));
            return;
        }
        for (JsonValue.Field field : example.fields()) {
            JsonValue value = real.field(field.name()).orElseThrow();
            boolean id = AsciiParsers.uuid(InMemoryApi.text(field.value())).isPresent();
            if (id || !VOLATILE.contains(field.name())) {
                compare(field.value(), value, at + " " + field.name());
            }
        }
    }

    private static String text(JsonValue value) {
        return new String(value.raw(), StandardCharsets.UTF_8);
    }
}
