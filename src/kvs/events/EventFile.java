package kvs.events;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import kvs.log.DataFileNames;
import kvs.world.Disk;
import kvs.world.DiskFile;

/**
 * The file of events in the data directory: one {@link RecordedEvent} a line, the oldest first, each with a
 * greater id than the one before. New lines are appended and not forced to the disk. A line that is no event,
 * which a crash or a bad disk may leave, is left out when the file is read. The file is written anew, as a
 * whole, when it is longer than {@value #BYTES_MAX} bytes, and after a failure whose effect is unknown.
 *
 * <p>Belongs to one thread at a time.
 */
final class EventFile {

    static final String NAME = "events.ndjson";
    static final int BYTES_MAX = 2 << 20;
    private static final String TEMPORARY = NAME + ".new";

    private final Disk disk;
    private long size;
    /** Whether the file holds something else than whole lines of events, or may. */
    private boolean untidy;

    EventFile(Disk disk) {
        this.disk = disk;
    }

    /** The events of the file, at most those in its last {@value #BYTES_MAX} bytes; none without a file. */
    List<RecordedEvent> read() throws IOException {
        untidy = true;
        if (!disk.list().contains(NAME)) {
            size = 0;
            untidy = false;
            return List.of();
        }
        try (DiskFile file = disk.open(NAME, Disk.Mode.READ)) {
            size = file.size();
            long from = Math.max(0, size - BYTES_MAX);
            ByteBuffer bytes = ByteBuffer.allocate((int) (size - from));
            int count = file.read(bytes, from);
            untidy = from > 0 || count < size;
            return events(bytes.array(), count);
        }
    }

    private List<RecordedEvent> events(byte[] bytes, int count) {
        List<RecordedEvent> events = new ArrayList<>();
        long last = 0;
        int start = 0;
        for (int i = 0; i < count; i++) {
            if (bytes[i] != '\n') {
                continue;
            }
            Optional<RecordedEvent> event = RecordedEvent.parse(
                    Arrays.copyOfRange(bytes, start, i));
            if (event.isPresent() && event.get().id() > last) {
                events.add(event.get());
                last = event.get().id();
            } else {
                untidy = true;
            }
            start = i + 1;
        }
        untidy |= start < count;
        return events;
    }

    /**
     * Adds events; {@code all} are those to keep, the added ones included, when the file is written anew.
     * After an {@code IOException} the next call writes it anew.
     */
    void append(List<RecordedEvent> added, List<RecordedEvent> all) throws IOException {
        byte[] bytes = lines(added);
        boolean anew = untidy || size + bytes.length > BYTES_MAX;
        untidy = true;
        if (anew) {
            byte[] whole = lines(all);
            DataFileNames.replace(disk, NAME, TEMPORARY, file -> file.write(ByteBuffer.wrap(whole), 0));
            size = whole.length;
        } else {
            Disk.Mode mode = disk.list().contains(NAME) ? Disk.Mode.WRITE : Disk.Mode.CREATE;
            try (DiskFile file = disk.open(NAME, mode)) {
                file.write(ByteBuffer.wrap(bytes), size);
            }
            size += bytes.length;
        }
        untidy = false;
    }

    private static byte[] lines(List<RecordedEvent> events) {
        StringBuilder lines = new StringBuilder();
        events.forEach(event -> lines.append(event.json()).append('\n'));
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }
}
