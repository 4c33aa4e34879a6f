package kvs.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import kvs.sim.SimDice;
import kvs.sim.SimDisk;
import kvs.world.Log;
import org.junit.jupiter.api.Test;

class AdminTokenTest {

    private final SimDisk disk = new SimDisk(new SimDice(1));

    @Test
    void isMadeOnceAndReadWithAByteOrderMark() throws IOException {
        AdminToken made = AdminToken.open(disk, new SimDice(2), Log.none());
        String text = AdminToken.read(disk);
        assertTrue(made.is(text) && AdminToken.open(disk, new SimDice(3), Log.none()).is(text));
        disk.lose(AdminToken.NAME);
        disk.put(AdminToken.NAME, ("\uFEFF" + text + "\r\n").getBytes(StandardCharsets.UTF_8));
        assertEquals(text, AdminToken.read(disk));
        assertTrue(AdminToken.open(disk, new SimDice(3), Log.none()).is(text));
    }

    /** Nobody has it then, and the next start makes it. */
    @Test
    void isNoReasonNotToStartOnAFullDisk() throws IOException {
        disk.capacity(0);
        AdminToken unwritten = AdminToken.open(disk, new SimDice(2), Log.none());
        assertFalse(disk.has(AdminToken.NAME));
        assertFalse(unwritten.is("") || unwritten.is(AdminToken.PREFIX));
        disk.mend();
        AdminToken.open(disk, new SimDice(4), Log.none());
        assertTrue(disk.has(AdminToken.NAME));
    }
}
