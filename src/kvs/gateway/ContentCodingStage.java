package kvs.gateway;

import java.util.Optional;
import java.util.zip.Deflater;
import kvs.deflate.CompressionProbe;
import kvs.deflate.DeflaterPool;
import kvs.http.AcceptedCodings;
import kvs.http.ContentCoding;
import kvs.http.RequestHead;
import kvs.http.RequestHeaders;
import kvs.http.Response;
import kvs.peer.PeerSignature;

/**
 * Codes JSON of more than {@value AcceptedCodings#WORTH_BYTES} bytes for clients that accept that. A body
 * that is made while it is sent has no length yet and stays plain, but for a long text that is only indented
 * meanwhile; so do responses to other nodes, whose signature covers the bytes, and texts of which a sample
 * does not shrink. A handler may bring a body that is coded already. Thread-safe.
 */
final class ContentCodingStage {

    private static final String TAG = "ETag";

    private final CompressionProbe probe = new CompressionProbe(Deflater.BEST_SPEED);

    /** The form of a response that its client prefers; {@code plain}: the body before its indentation. */
    Response on(Response response, Response.Body plain, RequestHead head) {
        RequestHeaders request = head.headers();
        AcceptedCodings accepted = AcceptedCodings.of(request);
        if (accepted.best().isEmpty()) {
            return response;
        }
        ContentCoding coding = accepted.best().get();
        if (response.status() == 304) {
            return validated(response, coding, request);
        }
        boolean coded = response.headers().containsKey(ContentCoding.HEADER);
        Response sent = coded ? response : coded(response, plain, accepted);
        return sent.headers().containsKey(ContentCoding.HEADER) ? tagged(sent, coding, head.method()) : sent;
    }

    private Response coded(Response response, Response.Body plain, AcceptedCodings accepted) {
        if (!PrettyResponse.isJson(response) || response.headers().containsKey(PeerSignature.HEADER)
                || !(plain instanceof Response.FullBody whole)) {
            return response;
        }
        Optional<ContentCoding> coding = accepted.of(whole.length());
        Optional<DeflaterPool> pool = probe.deflaters(longest(whole))
                .or(() -> accepted.plain() ? Optional.empty() : Optional.of(probe.fast()));
        if (coding.isEmpty() || pool.isEmpty()) {
            return response;
        }
        if (response.body() instanceof Response.StreamedBody pages) {
            return with(response, coding.get(), CodedBody.of(pages, coding.get(), pool.get()));
        }
        Response.FullBody text = (Response.FullBody) response.body();
        Response.FullBody body = CodedBody.of(text, coding.get(), pool.get());
        return body.length() >= text.length() && accepted.plain() ? response
                : with(response, coding.get(), body);
    }

    private static byte[] longest(Response.FullBody body) {
        byte[] longest = body.pieces()[0];
        for (byte[] piece : body.pieces()) {
            longest = piece.length > longest.length ? piece : longest;
        }
        return longest;
    }

    private static Response with(Response response, ContentCoding coding, Response.Body body) {
        return new Response(response.status(), response.headers(), body)
                .with(ContentCoding.HEADER, coding.text());
    }

    /** A response with the tag of its form; that of a write is the tag of the document, not of the body. */
    private static Response tagged(Response response, ContentCoding coding, String method) {
        String tag = response.headers().get(TAG);
        boolean read = response.status() == 200 && (method.equals("GET") || method.equals("HEAD"));
        return tag == null || !read ? response : response.with(TAG, coding.tag(tag));
    }

    /** Confirms the tag of the form that the client has: it looks that form up by this tag. */
    private static Response validated(Response response, ContentCoding coding, RequestHeaders request) {
        String tag = response.headers().get(TAG);
        String known = request.get("If-None-Match").orElse("");
        return tag != null && !known.contains(opaque(tag)) && known.contains(opaque(coding.tag(tag)))
                ? response.with(TAG, coding.tag(tag)) : response;
    }

    private static String opaque(String tag) {
        return tag.substring(tag.indexOf('"'));
    }
}
