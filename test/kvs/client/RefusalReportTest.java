package kvs.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sentence that a person reads about a refusal, and the exit status. */
class RefusalReportTest {

    private static CommandException report(int status, String reason) throws Exception {
        String body = "{\"detail\":\"it is so\",\"reason\":\"" + reason + "\"}";
        return RefusalReport.of("a was not written", new ClientResponse(status, Map.of(),
                body.getBytes(StandardCharsets.UTF_8), Endpoint.list("h:1").get(0)));
    }

    @Test
    void everyReasonThatDoesNotPassByItselfHasAdvice() throws Exception {
        for (String reason : List.of("read_only", "syncing", "store_failed", "clock_wrong", "left",
                "behind")) {
            String text = report(503, reason).getMessage();
            assertTrue(text.startsWith("a was not written: it is so. "), text);
        }
        assertTrue(report(507, "disk_full").getMessage().contains("Free space"));
        assertTrue(report(401, "unauthorized").getMessage().contains("KVS_TOKEN"));
        assertTrue(report(503, "read_only").getMessage().contains("'kvs mode read-only off'"));
        assertEquals("a was not written: it is so", report(503, "busy").getMessage());
    }

    /** Only what may pass soon counts as not reached; the client waits for nothing that a person must end. */
    @ParameterizedTest
    @CsvSource({"401, unauthorized, FORBIDDEN", "403, forbidden, FORBIDDEN", "404, not_found, ABSENT",
        "412, precondition_failed, CONDITION_FAILED", "409, batch_failed, CONDITION_FAILED",
        "409, conflict, FAILED", "400, bad_json, FAILED", "410, position_gone, FAILED",
        "503, busy, UNREACHABLE", "503, syncing, UNREACHABLE", "429, rate_limited, UNREACHABLE",
        "503, read_only, FAILED", "503, store_failed, FAILED", "503, left, FAILED",
        "503, clock_wrong, FAILED", "507, disk_full, FAILED"})
    void refusalsHaveTheirExitStatus(int status, String reason, ExitStatus expected) throws Exception {
        assertEquals(expected, report(status, reason).status());
    }

    @Test
    void responseWithoutADetailIsNamedByItsStatus() throws Exception {
        ClientResponse foreign = new ClientResponse(418, Map.of(), new byte[] {'<'},
                Endpoint.list("h:1").get(0));
        assertEquals("x: status 418", RefusalReport.of("x", foreign).getMessage());
        assertFalse(foreign.isWorthRetrying());
    }
}
