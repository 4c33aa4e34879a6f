package kvs.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
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

    @Test
    void reportsEachChangeOnce() {
        ModeSwitch modes = new ModeSwitch(NodeMode.NORMAL);
        List<String> changes = new ArrayList<>();
        modes.onChange((before, now) -> changes.add(before.text() + " to " + now.text()));
        modes.readOnly(false);
        modes.change(NodeMode.SYNCING);
        modes.readOnly(true);
        modes.synced();
        modes.leave();
        assertEquals(List.of("normal to syncing", "syncing to read-only"), changes);
    }
}
