package kvs.transfer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import kvs.json.JsonWriter;

/**
 * The list that {@code consul kv import} takes, an entry a line:
 * <pre>
 *   [
 *   {"key":"a/b","flags":0,"value":"base64"},
 *   {"key":"a/c","flags":0,"value":"base64"}
 *   ]
 * </pre>
 */
final class ConsulEncoder implements DocumentEncoder {

    /** The limit of a Consul server ({@code kv_max_value_size}), unless it is configured. */
    private static final int VALUE_BYTES_MAX = 512 << 10;

    private boolean first = true;

    @Override
    public byte[] begin() {
        return ascii("[");
    }

    @Override
    public byte[] encode(TransferItem.DocumentItem document) {
        String value = Base64.getEncoder().encodeToString(ForeignValue.encode(document.json()));
        byte[] entry = new JsonWriter().object().field("key", document.key().text()).field("flags", 0)
                .field("value", value).end().toBytes();
        byte[] separator = ascii(first ? "\n" : ",\n");
        first = false;
        byte[] line = new byte[separator.length + entry.length];
        System.arraycopy(separator, 0, line, 0, separator.length);
        System.arraycopy(entry, 0, line, separator.length, entry.length);
        return line;
    }

    @Override
    public byte[] end() {
        return ascii("\n]\n");
    }

    @Override
    public List<EntryNote> notes(TransferItem.DocumentItem document) {
        List<EntryNote> notes = new ArrayList<>();
        if (document.ttlMs() > 0) {
            notes.add(EntryNote.EXPIRY);
        }
        if (document.json().length > VALUE_BYTES_MAX) {
            notes.add(EntryNote.LARGE_FOR_CONSUL);
        }
        return notes;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
