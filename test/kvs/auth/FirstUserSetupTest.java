package kvs.auth;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FirstUserSetupTest {

    private static final long HOUR_MS = 3_600_000;

    private static boolean admits(int failing) {
        FirstUserSetup.NodeFacts nodeFacts = new FirstUserSetup.NodeFacts(failing != 0, failing != 1,
                failing == 2 ? HOUR_MS : HOUR_MS - 1);
        return FirstUserSetup.admits(nodeFacts, new FirstUserSetup.RequestFacts(failing != 3, failing != 4,
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
