package kvs.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import kvs.sim.SimDice;
import kvs.sim.SimDisk;
import kvs.world.Disk;
import org.junit.jupiter.api.Test;

/** The end of the bytes that are not zero, in a file of several windows. */
class FileWindowTest {

    private static final String NAME = "f";
    private static final int BLOCK = 4 << 10;
    private static final int WINDOW = 4 << 20;
    private static final int SIZE = 2 * WINDOW + 3 * BLOCK + 5;

    private final SimDisk disk = new SimDisk(new SimDice(1));

    private FileWindow window(int... dirty) throws IOException {
        byte[] content = new byte[SIZE];
        for (int at : dirty) {
            content[at] = (byte) 0x80;
        }
        disk.put(NAME, content);
        return new FileWindow(disk.open(NAME, Disk.Mode.READ));
    }

    @Test
    void findsTheLastByteThatIsNotZeroWhereverItIs() throws IOException {
        for (int at : new int[] {0, 1, BLOCK - 1, BLOCK, WINDOW - 1, WINDOW, WINDOW + BLOCK + 7,
            2 * WINDOW + 4, 2 * WINDOW + 5, SIZE - BLOCK, SIZE - 1}) {
            assertEquals(at + 1, window(at).dirtyEnd(0), "alone, at " + at);
            assertEquals(at + 1, window(0, at / 2, at).dirtyEnd(0), "after others, at " + at);
            assertEquals(at + 1, window(at).dirtyEnd(at), "from there");
            assertEquals(at + 1, window(at).dirtyEnd(Math.max(0, at - 9)), "from just before");
        }
    }

    @Test
    void leavesOutWhatIsBeforeTheFirstAndBehindTheLastByte() throws IOException {
        FileWindow window = window(100, WINDOW + 100);
        assertEquals(WINDOW + 101, window.dirtyEnd(WINDOW + 101));
        assertEquals(101, window.dirtyEnd(7, WINDOW + 100));
        assertEquals(WINDOW + 101, window.dirtyEnd(7, WINDOW + 101));
        assertEquals(101, window.dirtyEnd(101, WINDOW));
        assertEquals(SIZE, window.dirtyEnd(SIZE));
        assertEquals(0, window().dirtyEnd(0));
    }
}
