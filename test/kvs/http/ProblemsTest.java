package kvs.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import kvs.model.Refusal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProblemsTest {

    /** What an engine refuses: a node that is full must not say that it takes no writes. */
    @ParameterizedTest
    @CsvSource({"400, bad_request", "404, not_found", "408, request_timeout", "411, length_required",
        "414, target_too_long", "429, rate_limited",
        "431, headers_too_large", "503, busy", "417, expectation_failed", "505, version_not_supported"})
    void whatAnEngineRefusesHasAReasonThatIsTrue(int status, String reason) {
        Refusal refusal = Problems.protocolError(status, "why");
        assertEquals(reason, refusal.reason().text());
        assertEquals(status, Problems.status(refusal.reason()));
    }
}
