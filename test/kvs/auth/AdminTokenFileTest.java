package kvs.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import kvs.sim.SimDice;
import kvs.sim.SimDisk;
import kvs.world.Logger;
import org.junit.jupiter.api.Test;

class AdminTokenFileTest {

    private final SimDisk disk = new SimDisk(new SimDice(1));

    @Test
    void isMadeOnceAndReadWithAByteOrderMark() throws IOException {
        AdminTokenFile made = AdminTokenFile.open(disk, new SimDice(2), Logger.none());
        String text = AdminTokenFile.read(disk);
        assertTrue(made.is(text) && AdminTokenFile.open(disk, new SimDice(3), Logger.none()).is(text));
        disk.lose(AdminTokenFile.NAME);
        disk.put(AdminTokenFile.NAME, ("\uFEFF" + text + "\r\n").getBytes(StandardCharsets.UTF_8));
        assertEquals(text, AdminTokenFile.read(disk));
        assertTrue(AdminTokenFile.open(disk, new SimDice(3), Logger.none()).is(text));
    }

    /** Nobody has it then, and the next start makes it. */
    @Test
    void isNoReasonNotToStartOnAFullDisk() throws IOException {
        disk.capacity(0);
        AdminTokenFile unwritten = AdminTokenFile.open(disk, new SimDice(2), Logger.none());
        assertFalse(disk.has(AdminTokenFile.NAME));
        assertFalse(unwritten.is("") || unwritten.is(AdminTokenFile.PREFIX));
        disk.mend();
        AdminTokenFile.open(disk, new SimDice(4), Logger.none());
        assertTrue(disk.has(AdminTokenFile.NAME));
    }
}
