package kvs.streams;

import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kvs.documents.Changes;
import kvs.documents.ClientPosition;

/**
 * Encodes pages of changes. It remembers the events of the last pages, because many views show the same
 * change. For one thread.
 */
final class PageEncoder {

    /** Remembered bytes; when there are more all are forgotten. */
    private static final int KNOWN_BYTES_MAX = 1 << 20;

    private final EventEncoder encoder;
    private final Map<EventKey, byte[]> known = new HashMap<>();
    private int knownBytes;
    /** The last position, and its text: most views come to the same one. */
    private Optional<ClientPosition> lastPosition = Optional.empty();
    private byte[] positionText = {};

    /** A version in the log, as a kind of change, with its document or without. */
    private record EventKey(int segment, int offset, Changes.Kind kind, boolean values) { }

    PageEncoder(EventEncoder encoder) {
        this.encoder = encoder;
    }

    /**
     * The events of a page. The last one has the position, so a client that disconnects before it receives
     * the others again.
     */
    byte[] encode(Changes.Page page, boolean values) {
        List<Changes.Change> changes = page.changes();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < changes.size(); i++) {
            if (i == changes.size() - 1) {
                out.writeBytes(position(page.next()));
            }
            out.writeBytes(event(changes.get(i), values));
        }
        return out.toByteArray();
    }

    private byte[] position(ClientPosition position) {
        if (lastPosition.filter(position::equals).isEmpty()) {
            lastPosition = Optional.of(position);
            positionText = encoder.position(position);
        }
        return positionText;
    }

    private byte[] event(Changes.Change change, boolean values) {
        EventKey key = new EventKey(change.entry().segment(), change.entry().offset(), change.kind(), values);
        byte[] event = known.get(key);
        if (event == null) {
            event = encoder.change(change, values);
            if (knownBytes + event.length > KNOWN_BYTES_MAX) {
                known.clear();
                knownBytes = 0;
            }
            known.put(key, event);
            knownBytes += event.length;
        }
        return event;
    }
}
