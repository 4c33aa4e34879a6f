package kvs.audit;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import kvs.json.JsonWriter;
import kvs.model.Version;

/**
 * The growing end of the chain: encodes events as lines and collects these until they are taken to be
 * written. One thread.
 */
final class AuditBatchBuilder {

    private static final int PATH_CHARS_MAX = 4_096;
    private static final int TEXT_CHARS_MAX = 256;

    private final AuditSealer seals;
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
    private long first;
    private ChainPosition end;

    /**
     * Lines to be written together.
     *
     * @param first number of the first line
     * @param bytes the lines with their breaks
     * @param end the end of the chain after them
     */
    record LineBatch(long first, byte[] bytes, ChainPosition end) { }

    AuditBatchBuilder(AuditSealer seals, ChainPosition end) {
        this.seals = seals;
        this.end = end;
        this.first = end.n() + 1;
    }

    /** Bytes not yet taken. */
    int size() {
        return lines.size();
    }

    /** The highest known sequence number of the store. */
    long store() {
        return end.store();
    }

    /** Sets the known sequence number of the store, also to a lower one. */
    void store(long seq) {
        end = new ChainPosition(end.n(), end.hash(), seq);
    }

    /** Adds the line of an event. */
    void add(AuditEvent event) {
        add(event.act(), event.atMs(), event.storeSeq(), line -> fields(event, line));
    }

    /** Adds one of the log's own lines; {@code seq} 0 stands for the known sequence number. */
    void add(String act, long atMs, long seq, Consumer<JsonWriter> fields) {
        long store = seq > 0 ? seq : end.store();
        JsonWriter line = new JsonWriter().object().field("n", end.n() + 1).field("at", atMs)
                .field("store", store).field("act", clip(act));
        fields.accept(line);
        byte[] text = line.end().toBytes();
        int length = text.length - 1;
        byte[] hash = seals.chain(end.hash(), text, length);
        lines.write(text, 0, length);
        lines.writeBytes(AuditLine.tail(hash, seals.line(hash)));
        end = new ChainPosition(end.n() + 1, hash, Math.max(store, end.store()));
    }

    /** Takes the lines that were added since the last call. */
    LineBatch take() {
        LineBatch batch = new LineBatch(first, lines.toByteArray(), end);
        lines.reset();
        first = end.n() + 1;
        return batch;
    }

    private static void fields(AuditEvent event, JsonWriter line) {
        if (!event.who().equals(Version.NOBODY)) {
            line.field("who", event.who().toString());
        }
        text(line, "token", clip(event.token()));
        text(line, "from", clip(event.from()));
        text(line, "path", clip(event.path(), PATH_CHARS_MAX));
        text(line, "uuid", clip(event.uuid()));
        if (event.status() != 0) {
            line.field("status", event.status());
        }
        if (event.count() != 1) {
            line.field("count", event.count());
        }
    }

    private static void text(JsonWriter line, String name, String text) {
        if (!text.isEmpty()) {
            line.field(name, text);
        }
    }

    private static String clip(String text) {
        return clip(text, TEXT_CHARS_MAX);
    }

    private static String clip(String text, int charsMax) {
        return text.length() <= charsMax ? text : text.substring(0, charsMax);
    }
}
