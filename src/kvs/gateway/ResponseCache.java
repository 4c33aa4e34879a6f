package kvs.gateway;

import java.util.concurrent.TimeUnit;
import kvs.api.DocumentResource;
import kvs.documents.Documents;
import kvs.http.Response;
import kvs.http.ResponseHeaders;
import kvs.server.ResponseBuffer;
import kvs.tree.Entry;

/**
 * The encoded responses of documents that were read lately. An entry of the index is never modified and
 * belongs to one version, so the response of an entry is right as long as the index holds it. The disk is
 * read again after a second, so that a damaged record is noticed as early as without this. At most
 * {@value #SLOTS} responses with {@value #BODY_BYTES} bytes each: 11 MB, with usual documents a tenth.
 * Each may be in {@value #WAYS} slots, from which a later one drives out the earliest; so a thousand keys
 * seldom drive out each other. Thread-safe without a lock: a slot holds an immutable object or nothing.
 */
final class ResponseCache {

    static final int SLOTS = 4_096;
    static final int WAYS = 4;
    static final int BODY_BYTES = 2_048;
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Documents documents;
    private final EncodedResponse[] slots = new EncodedResponse[SLOTS];

    /**
     * A response in bytes.
     *
     * @param entry its version
     * @param readNanos time of the read, in nanoseconds of the clock
     * @param fields the header fields of the document, each with the end of its line
     * @param body the body
     */
    record EncodedResponse(Entry entry, long readNanos, byte[] fields, byte[] body) { }

    ResponseCache(Documents documents) {
        this.documents = documents;
    }

    /**
     * The response with the document of an entry.
     *
     * @param nowMs Unix ms
     * @param nowNanos the same moment in nanoseconds of the clock
     * @throws kvs.model.Refusal {@code DAMAGED} when it is unreadable
     */
    EncodedResponse of(Entry entry, long nowMs, long nowNanos) {
        int set = (int) entry.uuidLow() & SLOTS - WAYS;
        // The date of a version that is ahead of the clock depends on the clock.
        boolean lasts = entry.timestamp() <= nowMs;
        for (int i = set; lasts && i < set + WAYS; i++) {
            EncodedResponse known = slots[i];
            if (isOf(known, entry, nowNanos)) {
                return known;
            }
        }
        EncodedResponse read = read(entry, nowMs, nowNanos);
        if (lasts && read.body.length <= BODY_BYTES) {
            System.arraycopy(slots, set, slots, set + 1, WAYS - 1);
            slots[set] = read;
        }
        return read;
    }

    private static boolean isOf(EncodedResponse known, Entry entry, long nowNanos) {
        return known != null && known.entry == entry && nowNanos - known.readNanos < FRESH_NANOS;
    }

    private EncodedResponse read(Entry entry, long nowMs, long nowNanos) {
        Response response = DocumentResource.representation(documents.read(entry), nowMs);
        byte[] body = ((Response.FullBody) response.body()).bytes();
        return new EncodedResponse(entry, nowNanos, fields(response, body.length), body);
    }

    /** The fields of a response with a body of that length, and that length if there is one, encoded. */
    static byte[] fields(Response response, int length) {
        ResponseHeaders framing = length == 0 ? ResponseHeaders.of()
                : ResponseHeaders.of("Content-length", Integer.toString(length));
        Response sized = new Response(response.status(), framing, response.body()).with(response.headers());
        return ResponseBuffer.fields(ResponseHeaders.of(sized.headers()).inTurn());
    }
}
