package kvs.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RefusalAdviceTest {

    @Test
    void namesAWayForEachReasonThatDoesNotPassByItself() {
        for (String reason : List.of("read_only", "syncing", "disk_full", "store_failed",
                "clock_wrong", "left")) {
            assertTrue(RefusalAdvice.of(reason, "http://h:1", "/d").isPresent(), reason);
        }
        assertTrue(RefusalAdvice.of("read_only", "http://h:1", "/d").orElseThrow()
                .contains("curl -X PUT http://h:1/admin/mode"));
        assertEquals(Optional.empty(), RefusalAdvice.of("busy", "http://h:1", "/d"));
        assertEquals(Optional.empty(), RefusalAdvice.of("", "http://h:1", "/d"));
    }

    @Test
    void knowsWhatNoWaitingEnds() {
        assertTrue(RefusalAdvice.isPermanent("read_only") && RefusalAdvice.isPermanent("store_failed"));
        assertEquals(List.of(false, false, false),
                List.of("busy", "behind", "syncing").stream().map(RefusalAdvice::isPermanent).toList());
    }
}
