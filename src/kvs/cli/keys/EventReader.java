package kvs.cli.keys;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import kvs.command.CommandException;
import kvs.command.ExitStatus;

/**
 * The events of a stream of server-sent events, one after the other:
 * <pre>
 *   id: 1a2b          the position; the last one counts
 *   data: {"a":       the data, in any number of lines
 *   data: 1}
 *                     an empty line ends the event
 * </pre>
 * Other lines are skipped. One thread.
 */
final class EventReader {

    private static final String ID = "id:";
    private static final String DATA = "data:";
    private static final int BUFFER = 16 << 10;

    private final InputStream in;
    private final int bytesMax;

    /**
     * An event.
     *
     * @param id its position; empty for none
     * @param data its data; without a byte for none
     */
    record Event(Optional<String> id, byte[] data) { }

    /** The events of these bytes, each of at most {@code bytesMax} bytes. */
    EventReader(InputStream in, int bytesMax) {
        this.in = new BufferedInputStream(in, BUFFER);
        this.bytesMax = bytesMax;
    }

    /**
     * The next event; waits for it.
     *
     * @throws IOException if the stream ends or is cut
     * @throws CommandException if the event is too large: it would be at the next attempt too
     */
    Event next() throws IOException, CommandException {
        Optional<String> id = Optional.empty();
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        int left = bytesMax;
        for (byte[] line = line(left); line.length > 0; line = line(left)) {
            left -= line.length;
            String text = new String(line, StandardCharsets.UTF_8);
            if (text.startsWith(ID)) {
                id = Optional.of(text.substring(ID.length()).strip()).filter(name -> !name.isEmpty());
            } else if (text.startsWith(DATA)) {
                data.write(line, DATA.length(), line.length - DATA.length());
            }
        }
        return new Event(id, data.toByteArray());
    }

    private byte[] line(int left) throws IOException, CommandException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int c = in.read();
        while (c != '\n') {
            if (c < 0) {
                throw new EOFException("the stream ended");
            }
            if (line.size() == left) {
                throw new CommandException(ExitStatus.FAILED, "nothing more was watched: an event has more"
                        + " than " + bytesMax + " bytes, so the server is not a KVS node. Name another one by"
                        + " --endpoint");
            }
            if (c != '\r') {
                line.write(c);
            }
            c = in.read();
        }
        return line.toByteArray();
    }
}
