package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import kvs.http.RequestTarget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Fields and parameters of 30 KB, all of one character: whatever reads them is done with each character once.
 */
class HostileFieldsTest {

    private static final int LENGTH = 30_000;
    /** Enough to see a pattern that backtracks: it takes a tenth of a second for each. */
    private static final int FIELD_LENGTH = 10_000;
    /** All marks, and one letter or digit for all that are alike. */
    private static final String CHARACTERS = " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~05aAdhmswW";
    /** One request costs a tenth of a millisecond; a pattern that backtracks takes seconds for one alone. */
    private static final long MILLIS_MAX = 2_000;

    private final InMemoryApi api = InMemoryApi.guarded(new InMemoryApi.Access(true, true, Optional.empty()));
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    /**
     * Sends {@code send} with each character that a head may hold, repeated; then with something behind it
     * that spoils the end.
     */
    private void eachCharacter(int length, Consumer<String> send) {
        long before = threads.getCurrentThreadCpuTime();
        for (char c : CHARACTERS.toCharArray()) {
            String text = Character.toString(c).repeat(length);
            send.accept(text);
            send.accept(text + 'x');
        }
        send.accept("\u00e9".repeat(length));
        long millis = (threads.getCurrentThreadCpuTime() - before) / 1_000_000;
        assertTrue(millis < MILLIS_MAX, millis + " ms of processor time");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Authorization", "Accept", "Accept-Encoding", "Content-Encoding",
        "Content-Length", "Content-Type", "Cookie", "Connection",
        "Expect", "Forwarded", "Host", "If-Match", "If-None-Match", "If-Modified-Since",
        "If-Unmodified-Since", "KVS-Peer", "KVS-Position", "Last-Event-ID", "Origin", "Range", "Referer",
        "Sec-Fetch-Site", "Transfer-Encoding", "Via", "X-Forwarded-For", "X-Real-IP", "X-Request-Id"})
    void fieldsAreReadOnce(String field) {
        String scheme = field.equals("Authorization") ? "Bearer " : "";
        eachCharacter(FIELD_LENGTH, text -> {
            InMemoryApi.ApiResponse answer = InMemoryApi.answer(api.start("PUT", "/kv/a", "1", field,
                    scheme + text));
            assertTrue(answer.status() < 500, () -> field + ": " + answer.status() + " " + answer.body());
            assertTrue(answer.body().length() < 2 * FIELD_LENGTH, field);
            InMemoryApi.answer(text.endsWith("x") ? api.start("POST", "/auth/users", "{}", field,
                    scheme + text) : api.start("GET", "/kv/_changes?since=now", "", field, scheme + text));
        });
        assertEquals(200, api.get("/health").status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/kv/a?ttl=", "/kv/?after=", "/kv/?limit=", "/kv/?watch=", "/kv/_range?end_key=",
        "/kv/_range?start_time=", "/kv/_changes?since=", "/kv/a?at=", "/kv/a?revision=",
        "/kv/a?position_wait=", "/kv/a?copies=", "/kv/a?", "/kv/", "/"})
    void targetsAreReadOnce(String target) {
        eachCharacter(LENGTH, text -> {
            String raw = target + text.substring(0, RequestTarget.LENGTH_MAX - target.length());
            int status = InMemoryApi.answer(api.start("GET", raw, "")).status();
            assertTrue(status < 500, () -> target + status);
        });
    }

    @Test
    void refusalsDoNotRepeatAllThatCame() {
        String body = "{\"" + "a".repeat(1 << 20) + "\":1,\"" + "a".repeat(1 << 20) + "\":2}";
        for (String target : List.of("/kv/_batch", "/kv/_touch")) {
            assertTrue(api.post(target, body).body().length() < 2_000);
        }
        assertTrue(api.put("/kv/a", body).body().length() < 2_000);
        assertTrue(body.getBytes(StandardCharsets.UTF_8).length > 2_000_000);
    }
}
