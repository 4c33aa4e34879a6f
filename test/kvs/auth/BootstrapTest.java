package kvs.auth;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BootstrapTest {

    private static final long HOUR_MS = 3_600_000;

    private static boolean admits(int failing) {
        Bootstrap.NodeFacts nodeFacts = new Bootstrap.NodeFacts(failing != 0, failing != 1,
                failing == 2 ? HOUR_MS : HOUR_MS - 1);
        return Bootstrap.admits(nodeFacts, new Bootstrap.RequestFacts(failing != 3, failing != 4,
                failing != 5, failing != 6, failing != 7));
    }

    @Test
    void everyConditionIsNeeded() {
        for (int failing = 0; failing <= 7; failing++) {
            assertFalse(admits(failing), "condition " + failing);
        }
        assertTrue(admits(8));
    }
}
