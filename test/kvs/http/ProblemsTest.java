package kvs.http;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProblemsTest {

    /** What an engine refuses: a node that is full must not say that it takes no writes. */
    @ParameterizedTest
    @CsvSource({"400, bad_request", "404, not_found", "408, bad_request", "411, length_required", "414, target_too_long", "429, rate_limited",
        "431, bad_request", "503, busy", "505, bad_request"})
    void whatAnEngineRefusesHasAReasonThatIsTrue(int status, String reason) {
        String body = new String(Problems.body(status, "why"), StandardCharsets.UTF_8);
        assertTrue(body.contains("\"reason\":\"" + reason + "\"") && body.contains("\"status\":" + status + ","), body);
    }
}
