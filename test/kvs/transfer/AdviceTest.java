package kvs.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AdviceTest {

    @Test
    void namesAWayForEachReasonThatDoesNotPassByItself() {
        for (String reason : List.of("read_only", "syncing", "disk_full", "store_failed", "clock_wrong", "left")) {
            assertTrue(Advice.of(reason, "http://h:1", "/d").isPresent(), reason);
        }
        assertTrue(Advice.of("read_only", "http://h:1", "/d").orElseThrow().contains("curl -X PUT http://h:1/admin/mode"));
        assertEquals(Optional.empty(), Advice.of("busy", "http://h:1", "/d"));
        assertEquals(Optional.empty(), Advice.of("", "http://h:1", "/d"));
    }

    @Test
    void knowsWhatNoWaitingEnds() {
        assertTrue(Advice.lasting("read_only") && Advice.lasting("store_failed"));
        assertEquals(List.of(false, false, false), List.of("busy", "behind", "syncing").stream().map(Advice::lasting).toList());
    }
}
