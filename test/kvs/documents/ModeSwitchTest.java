package kvs.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;

import kvs.model.NodeMode;
import kvs.model.Reason;
import org.junit.jupiter.api.Test;

/** What a node takes. */
class ModeSwitchTest {

    @Test
    void aNodeThatHasLeftStaysReadOnly() {
        ModeSwitch modes = new ModeSwitch(NodeMode.NORMAL);
        modes.readOnly(true);
        modes.readOnly(false);
        assertEquals(NodeMode.NORMAL, modes.mode());
        modes.leave();
        modes.readOnly(false);
        assertEquals(NodeMode.READ_ONLY, modes.mode(), "whatever an administrator wishes");
        assertEquals(Reason.READ_ONLY, modes.refusal().orElseThrow().reason());
    }
}
