package kvs.world;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import org.junit.jupiter.api.Test;

class ScratchFileTest {

    @Test
    void largeFileIsRefusedAfterItsFirstBytes() throws IOException {
        ScratchFile file = ScratchFile.make("kvs-test", ".json", new byte[] {'1'});
        try {
            assertArrayEquals(new byte[] {'1'}, file.read());
            try (RandomAccessFile sparse = new RandomAccessFile(file.path(), "rw")) {
                sparse.setLength(3L << 30);
            }
            assertTrue(assertThrows(IOException.class, file::read).getMessage().contains("more than"));
        } finally {
            file.delete();
        }
    }
}
