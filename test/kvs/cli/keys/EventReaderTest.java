package kvs.cli.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import org.junit.jupiter.api.Test;

class EventReaderTest {

    private static EventReader reader(String text) {
        return new EventReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), 40);
    }

    @Test
    void readsEventsUpToTheEnd() throws Exception {
        EventReader reader = reader(": comment\r\nid: 1\r\ndata: {\"ö\":\r\ndata:1}\r\n\r\nid:2\n\n\ndata");
        EventReader.Event first = reader.next();
        assertEquals(Optional.of("1"), first.id());
        assertEquals(" {\"ö\":1}", new String(first.data(), StandardCharsets.UTF_8));
        assertEquals(Optional.of("2"), reader.next().id());
        assertEquals(0, reader.next().data().length);
        assertThrows(EOFException.class, reader::next);
    }

    @Test
    void refusesAnEventThatIsTooLarge() throws Exception {
        for (String large : new String[] {"data:" + "1".repeat(36), "data:1\n".repeat(7),
            "x\n".repeat(41)}) {
            CommandException failure = assertThrows(CommandException.class, reader(large + "\n\n")::next);
            assertEquals(ExitStatus.FAILED, failure.status());
            assertTrue(failure.getMessage().contains("more than 40 bytes"), failure.getMessage());
        }
        assertEquals(35, reader("data:" + "1".repeat(35) + "\n\n").next().data().length);
        EventReader many = reader(("data:" + "1".repeat(30) + "\n\n").repeat(3));
        for (int i = 0; i < 3; i++) {
            assertEquals(30, many.next().data().length);
        }
    }
}
