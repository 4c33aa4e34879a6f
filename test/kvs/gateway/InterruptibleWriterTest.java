package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.Objects;
import kvs.world.Clock;
import org.junit.jupiter.api.Test;

/** An answer on its way through the server of the JDK. */
class InterruptibleWriterTest {

    /**
     * A chunk of size ffffffff, of which the JDK makes -1: whoever sends it must not fill the log with
     * stacks.
     */
    @Test
    void takesAMalformedBodyThatTheJdkReadsOnForAFaultOfTheConnection() {
        InterruptibleWriter sending = new InterruptibleWriter(Thread.currentThread(), Clock.REAL);
        assertThrows(IOException.class, () -> sending.moving(() -> Objects.checkFromIndexSize(0, -1, 1)));
    }
}
