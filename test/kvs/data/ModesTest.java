package kvs.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import kvs.model.Mode;
import kvs.model.Reason;
import org.junit.jupiter.api.Test;

/** What a node takes. */
class ModesTest {

    @Test
    void aNodeThatHasLeftStaysReadOnly() {
        Modes modes = new Modes(Mode.NORMAL);
        modes.readOnly(true);
        modes.readOnly(false);
        assertEquals(Mode.NORMAL, modes.mode());
        modes.leave();
        modes.readOnly(false);
        assertEquals(Mode.READ_ONLY, modes.mode(), "whatever an administrator wishes");
        assertEquals(Reason.READ_ONLY, modes.refusal().orElseThrow().reason());
    }
}
