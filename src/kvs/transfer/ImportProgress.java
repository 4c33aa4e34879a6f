package kvs.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;
import kvs.world.Clock;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.FailureText;

/**
 * The progress of an import: a small file beside the imported one, replaced atomically about once a second,
 * after the lines that it covers are durable in the target. It is valid for one target, one set of options
 * and exactly those bytes of the file, of which it has the checksum: an import into a new directory, or of a
 * corrected line, starts from the beginning.
 * <pre>
 *   {"import":"target and options","offset":n,"line":n,"crc32c":n,"documents":n,"metadata":n,"refused":n}
 * </pre>
 * A failure to write it is reported once and does not stop the import, which starts over after an
 * interruption then. One thread.
 */
public final class ImportProgress {

    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int BYTES_MAX = 1 << 20;

    private final Disk disk;
    private final String name;
    private final Clock clock;
    private long savedAt;
    private boolean broken;

    /**
     * An offset in a file.
     *
     * @param offset bytes before it
     * @param line number of the last line before it
     * @param crc CRC32C of the bytes before it
     * @param counts the counts of the lines before it
     */
    record FileOffset(long offset, long line, long crc, Counts counts) {

        static final FileOffset START = new FileOffset(0, 0, 0, new Counts(0, 0, 0));
    }

    /** The numbers of imported and refused lines. */
    record Counts(long documents, long metadata, long refused) { }

    /** The progress of the import of {@code file} in {@code disk}. */
    public ImportProgress(Disk disk, String file, Clock clock) {
        this.disk = disk;
        this.name = file + ".progress";
        this.clock = clock;
        this.savedAt = clock.nanos();
    }

    /** The offset at which the import {@code what} (target and options) continues. */
    FileOffset find(String what) throws IOException {
        if (!disk.list().contains(name)) {
            return FileOffset.START;
        }
        try (DiskFile file = disk.open(name, Disk.Mode.READ)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(BYTES_MAX, file.size()));
            file.read(bytes, 0);
            JsonValue json = JsonValue.parse(bytes.array());
            boolean same = json.field("import").isPresent()
                    && json.field("import").get().string().equals(what);
            return same ? new FileOffset(number(json, "offset"), number(json, "line"), number(json, "crc32c"),
                    new Counts(number(json, "documents"), number(json, "metadata"), number(json, "refused")))
                    : FileOffset.START;
        } catch (JsonException foreign) {
            return FileOffset.START;
        }
    }

    private static long number(JsonValue json, String member) throws JsonException {
        Optional<JsonValue> number = json.field(member);
        return number.isEmpty() ? 0 : number.get().asLong();
    }

    /** Whether the next save is due. */
    boolean due() {
        return !broken && clock.nanos() - savedAt >= PERIOD_NANOS;
    }

    /** Saves {@code mark}, once everything before it is durable. */
    void save(String what, FileOffset mark, TransferReporter report) {
        if (broken) {
            return;
        }
        savedAt = clock.nanos();
        byte[] text = new JsonWriter().object().field("import", what).field("offset", mark.offset)
                .field("line", mark.line).field("crc32c", mark.crc)
                .field("documents", mark.counts.documents).field("metadata", mark.counts.metadata)
                .field("refused", mark.counts.refused).end().toBytes();
        try {
            replace(text);
        } catch (IOException e) {
            broken = true;
            report.print(name + " cannot be written, so an interrupted import starts again: "
                    + FailureText.text(e));
        }
    }

    private void replace(byte[] text) throws IOException {
        String fresh = name + ".new";
        if (disk.list().contains(fresh)) {
            disk.delete(fresh);
        }
        try (DiskFile file = disk.open(fresh, Disk.Mode.CREATE)) {
            file.write(ByteBuffer.wrap(text), 0);
            file.force();
        }
        disk.rename(fresh, name);
        disk.force();
    }

    /** Deletes the file: the import is complete. */
    void remove() throws IOException {
        if (disk.list().contains(name)) {
            disk.delete(name);
            disk.force();
        }
    }
}
