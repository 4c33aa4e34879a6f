package kvs.audit;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import kvs.json.JsonWriter;
import kvs.model.Version;

/** The growing end of the chain: makes lines of events and collects them until they are taken to be written. One thread. */
final class AuditLineBuilder {

    private static final int PATH_CHARS_MAX = 4_096;
    private static final int TEXT_CHARS_MAX = 256;

    private final AuditSealer seals;
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
    private long first;
    private ChainLink end;

    /**
     * Lines to be written together.
     *
     * @param first number of the first one
     * @param bytes the lines with their breaks
     * @param end the chain behind them
     */
    record LineBatch(long first, byte[] bytes, ChainLink end) { }

    AuditLineBuilder(AuditSealer seals, ChainLink end) {
        this.seals = seals;
        this.end = end;
        this.first = end.n() + 1;
    }

    /** Bytes not yet taken. */
    int size() {
        return lines.size();
    }

    /** The highest number of the store that is known. */
    long store() {
        return end.store();
    }

    /** Believes this number of the store from now on, also when it is lower. */
    void store(long seq) {
        end = new ChainLink(end.n(), end.hash(), seq);
    }

    /** Adds the line of an event. */
    void add(AuditEvent event) {
        add(event.act(), event.atMs(), event.storeSeq(), line -> fields(event, line));
    }

    /** Adds a line of the log's own; {@code seq} 0 stands for the number that is known. */
    void add(String act, long atMs, long seq, Consumer<JsonWriter> fields) {
        long store = seq > 0 ? seq : end.store();
        JsonWriter line = new JsonWriter().object().field("n", end.n() + 1).field("at", atMs).field("store", store).field("act", clip(act));
        fields.accept(line);
        byte[] text = line.end().toBytes();
        int length = text.length - 1;
        byte[] hash = seals.chain(end.hash(), text, length);
        lines.write(text, 0, length);
        lines.writeBytes(AuditLine.tail(hash, seals.line(hash)));
        end = new ChainLink(end.n() + 1, hash, Math.max(store, end.store()));
    }

    /** Takes the lines that were added since the last time. */
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
