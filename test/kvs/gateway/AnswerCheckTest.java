package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The check of all answers can fail. */
class AnswerCheckTest {

    private static final String JSON = "application/json; charset=utf-8";
    private static final String PROBLEM = "application/problem+json; charset=utf-8";
    private static final String RECEIPT =
            "{\"uuid\":\"0197c5a0-3e1b-7c3f-9cde-5a1b2c3d4e5f\",\"timestamp\":1";

    private static List<String> differences(String request, int status, String type, String body) {
        String[] parts = request.split(" ");
        return AnswerCheck.differences(answer(parts[0], parts[1], status, type, body));
    }

    private static AnswerCheck.ReceivedAnswer answer(String method, String target, int status, String type,
            String body) {
        return new AnswerCheck.ReceivedAnswer(method, target, status,
                name -> name.equals("Content-Type") ? Optional.of(type) : Optional.empty(),
                body.getBytes(StandardCharsets.UTF_8));
    }

    private static String problem(String reason, int status) {
        return "{\"type\":\"/problems/" + reason + "\",\"title\":\"T\",\"status\":" + status
                + ",\"detail\":\"d\",\"reason\":\"" + reason + "\",\"request_id\":\"r\",\"node\":\"n\"}\n";
    }

    @Test
    void acceptsWhatIsDescribed() {
        for (String request : List.of("PUT /kv/a", "PUT /kv/a?ttl=1h")) {
            assertEquals(List.of(), differences(request, 201, JSON, RECEIPT + "}\n"));
            assertEquals(List.of(), differences(request, 202, JSON, RECEIPT + "}\n"), "fewer copies");
        }
        assertEquals(List.of(), differences("GET /kv/a?raw", 200, JSON, "1"));
        assertEquals(List.of(), differences("HEAD /kv/a", 200, JSON, ""));
        assertEquals(List.of(), differences("DELETE /kv/a", 204, "", ""));
        assertEquals(List.of(), differences("GET /kv/a", 404, PROBLEM, problem("not_found", 404)));
        assertEquals(List.of(), differences("GET /nothing", 404, PROBLEM, problem("not_found", 404)));
        assertEquals(List.of(), differences("OPTIONS /kv/a", 204, "", ""));
    }

    @Test
    void findsWhatIsNot() {
        assertEquals(List.of("no line feed at the end"), differences("PUT /kv/a", 201, JSON, RECEIPT + "}"));
        assertEquals(List.of("body.more is not described"),
                differences("PUT /kv/a", 201, JSON, RECEIPT + ",\"more\":1}\n"));
        assertEquals(List.of("body lacks [uuid]"), differences("PUT /kv/a", 201, JSON,
                "{\"timestamp\":1}\n"));
        assertEquals(List.of("the status is not described"),
                differences("PUT /kv/a", 203, JSON, RECEIPT + "}\n"));
        assertEquals(List.of("text/plain is not one of [application/json]"),
                differences("PUT /kv/a", 201, "text/plain", "x"));
        assertEquals(List.of("only refusals come from paths without a route"),
                differences("GET /nothing", 200, JSON, "{}\n"));
        assertTrue(differences("GET /kv/a", 409, PROBLEM, problem("last_admin", 409)).get(0)
                .startsWith("the route does not name the reason last_admin"));
        assertEquals(List.of("status and reason differ"),
                differences("GET /kv/a", 403, PROBLEM, problem("not_found", 403)));
        assertEquals(1, differences("GET /kv/a", 404, PROBLEM, "{\"reason\":\"not_found\"}\n").size());
        assertEquals(1, differences("GET /kv/_range", 200, "application/x-ndjson",
                "{\"path\":\"a\"}\n").size(), "a line that is no item");
        assertEquals(1, differences("GET /kv/_changes", 200, "text/event-stream",
                "data: {\"path\":1}\n\n").size(), "an event that is no change");
    }

    @Test
    void failsTheTestThatReceivesIt() {
        assertThrows(AssertionError.class, () -> AnswerCheck.check(answer("PUT", "/kv/a", 203, JSON, "1\n")));
    }
}
