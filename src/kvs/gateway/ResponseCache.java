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
 * {@value #SLOTS} responses with {@value #BODY_BYTES} bytes each; of two in one slot the later is kept.
 * Thread-safe without a lock: a slot holds an immutable object or nothing.
 */
final class ResponseCache {

    static final int SLOTS = 2_048;
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
        int slot = (int) entry.uuidLow() & SLOTS - 1;
        EncodedResponse known = slots[slot];
        // The date of a version that is ahead of the clock depends on the clock.
        boolean lasts = entry.timestamp() <= nowMs;
        if (known != null && known.entry == entry && lasts && nowNanos - known.readNanos < FRESH_NANOS) {
            return known;
        }
        EncodedResponse read = read(entry, nowMs, nowNanos);
        if (lasts && read.body.length <= BODY_BYTES) {
            slots[slot] = read;
        }
        return read;
    }

    private EncodedResponse read(Entry entry, long nowMs, long nowNanos) {
        Response response = DocumentResource.representation(documents.read(entry), nowMs);
        byte[] body = ((Response.FullBody) response.body()).bytes();
        Response sized = new Response(response.status(),
                ResponseHeaders.of("Content-length", Integer.toString(body.length)), response.body())
                .with(response.headers());
        return new EncodedResponse(entry, nowNanos,
                ResponseBuffer.fields(ResponseHeaders.of(sized.headers()).inTurn()), body);
    }
}
