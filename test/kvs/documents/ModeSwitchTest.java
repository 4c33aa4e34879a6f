package kvs.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;

import kvs.model.NodeMode;
import kvs.model.Reason;
import org.junit.jupiter.api.Test;

/** The modes of a node, and the requests that it accepts in them. */
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
