package kvs.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.FailureText;

/**
 * The file {@code HEAD} of the audit log: the end of its durable lines. Replaced as a whole (temporary file,
 * fsync, rename, fsync of the directory), and only after the lines that it records were forced. Never change
 * it:
 * <pre>
 * {"seq":1000,"hash":"64 hex digits","store":977,"file":501,"end":123456,"seal":"64 hex digits"}
 * </pre>
 * {@code seq} and {@code hash} are of the last durable line, {@code file} is the number in the name of its
 * file, {@code end} the offset after it in that file. {@code seal} is HMAC-SHA256 over the text up to
 * {@code ,"seal":}. Before the first line: seq 0, a hash of zeros, file 1, end 0.
 *
 * @param link the last durable line
 * @param file number of the first line of its file
 * @param end offset after it, bytes
 */
record AuditHeadFile(ChainPosition link, long file, long end) {

    /** The name of the file. */
    static final String NAME = "HEAD";
    private static final String TEMPORARY = NAME + ".tmp";
    private static final String SEAL = ",\"seal\":\"";
    private static final int BYTES_MAX = 1_024;

    /**
     * The result of a load.
     *
     * @param head empty when there is no file, or no valid one
     * @param problem the reason why it is not valid, else empty
     */
    record LoadedHead(Optional<AuditHeadFile> head, String problem) { }

    /** Refuses values that no log can have. */
    AuditHeadFile {
        if (link.n() < 0 || link.hash().length != AuditSealer.HASH_BYTES || file < 1 || end < 0) {
            throw new IllegalArgumentException("line " + link.n() + " in file " + file + " up to " + end);
        }
    }

    /** The head of a log without lines. */
    static AuditHeadFile start() {
        return new AuditHeadFile(ChainPosition.start(), 1, 0);
    }

    /** Replaces the file. After a failure the old or the new one is in place. */
    void save(Disk disk, AuditSealer seals) throws IOException {
        JsonWriter json = new JsonWriter().object().field("seq", link.n())
                .field("hash", HexFormat.of().formatHex(link.hash()))
                .field("store", link.store()).field("file", file).field("end", end).end();
        String object = new String(json.toBytes(), StandardCharsets.UTF_8);
        String text = object.substring(0, object.length() - 1);
        String sealed = text + SEAL + HexFormat.of().formatHex(seals.text(text)) + "\"}\n";
        if (disk.list().contains(TEMPORARY)) {
            disk.delete(TEMPORARY);
        }
        try (DiskFile temporary = disk.open(TEMPORARY, Disk.Mode.CREATE)) {
            temporary.write(ByteBuffer.wrap(sealed.getBytes(StandardCharsets.UTF_8)), 0);
            temporary.force();
        }
        disk.rename(TEMPORARY, NAME);
        disk.force();
    }

    /** Reads the file. */
    static LoadedHead load(Disk disk, AuditSealer seals) throws IOException {
        if (!disk.list().contains(NAME)) {
            return new LoadedHead(Optional.empty(), "");
        }
        try (DiskFile file = disk.open(NAME, Disk.Mode.READ)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(BYTES_MAX, file.size()));
            file.read(bytes, 0);
            return parse(new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8), seals);
        }
    }

    private static LoadedHead parse(String text, AuditSealer seals) {
        try {
            JsonValue json = JsonValue.parse(text.getBytes(StandardCharsets.UTF_8));
            byte[] hash = HexFormat.of().parseHex(string(json, "hash"));
            if (!seals.isText(text.substring(0, Math.max(0, text.indexOf(SEAL))),
                    HexFormat.of().parseHex(string(json, "seal")))) {
                return new LoadedHead(Optional.empty(),
                        "the seal of HEAD is wrong: HEAD was changed, or the key is another one");
            }
            ChainPosition link = new ChainPosition(number(json, "seq"), hash, number(json, "store"));
            return new LoadedHead(
                    Optional.of(new AuditHeadFile(link, number(json, "file"), number(json, "end"))), "");
        } catch (JsonException | IllegalArgumentException e) {
            return new LoadedHead(Optional.empty(), "HEAD cannot be read: " + FailureText.text(e));
        }
    }

    private static long number(JsonValue json, String name) throws JsonException {
        return json.field(name).orElseThrow(() -> json.wrong("no field " + name)).asLong();
    }

    private static String string(JsonValue json, String name) throws JsonException {
        return json.field(name).orElseThrow(() -> json.wrong("no field " + name)).string();
    }
}
