package kvs.gateway;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import kvs.http.RequestHeaders;
import kvs.http.Response;
import kvs.http.ResponseHeaders;
import kvs.peer.PeerSignature;
import kvs.server.ResponseBuffer;

/** The header fields of every response, from any part of the node. Immutable. */
final class StandardHeaders {

    private static final String ID = "X-Request-Id";
    private static final String[] ALWAYS = {"X-Content-Type-Options", "nosniff", Response.CONTENT_POLICY,
        "default-src 'none'; frame-ancestors 'none'; sandbox", "Cross-Origin-Resource-Policy", "same-origin",
        "Referrer-Policy", "no-referrer", "Vary", "Authorization, Accept, Accept-Encoding"};
    /** Fields for a web page that may read the response. */
    private static final ResponseHeaders PAGES = ResponseHeaders.of("Cross-Origin-Resource-Policy",
            "cross-origin", "Vary", "Authorization, Accept, Accept-Encoding, Origin",
            "Access-Control-Allow-Methods", "GET, HEAD, PUT, POST, DELETE", "Access-Control-Allow-Headers",
            "Content-Type, Authorization, If-Match, If-None-Match, If-Unmodified-Since, X-Request-Id,"
                    + " KVS-Position, Last-Event-ID", "Access-Control-Expose-Headers",
            "ETag, X-Request-Id, KVS-Node, KVS-Position, KVS-Copies, Link, Location, RateLimit,"
                    + " RateLimit-Policy, Retry-After");

    private final Pipeline.NodeIdentity identity;
    private final CrossOriginPolicy origins;

    StandardHeaders(Pipeline.NodeIdentity identity, CrossOriginPolicy origins) {
        this.identity = identity;
        this.origins = origins;
    }

    /** {@code response} with these fields; {@code secret}: no cache may keep it. */
    Response on(Response response, RequestHeaders request, String id, boolean secret) {
        String cache = response.headers().getOrDefault("Cache-Control",
                secret ? "no-store" : cached(request));
        Response decorated = response.with(always(id, cache, position(response.headers())));
        String policy = response.headers().get(Response.CONTENT_POLICY);
        if (policy != null) {
            decorated = decorated.with(Response.CONTENT_POLICY, policy);
        }
        Optional<String> page = origins.page(request);
        return page.isEmpty() ? decorated
                : decorated.with(PAGES).with("Access-Control-Allow-Origin", page.get());
    }

    private static String cached(RequestHeaders request) {
        return request.has("Authorization") ? "private, no-cache" : "no-cache";
    }

    /**
     * These fields in bytes, for responses that have none of their own and no page as a reader.
     *
     * @param beforeId all up to the request id
     * @param afterId all behind it, up to the position, which ends the last line
     */
    record EncodedHeaders(byte[] beforeId, byte[] afterId) {

        /** Adds all of them to the head of a response, which they end. */
        void add(ResponseBuffer response, long id, byte[] position) {
            response.add(beforeId);
            response.addHex(id);
            response.add(afterId);
            response.add(position);
            response.endLine();
            response.endLine();
        }
    }

    /** The fields of responses to requests with these fields, whose body any cache of theirs may keep. */
    EncodedHeaders encoded(RequestHeaders request) {
        ResponseBuffer before = new ResponseBuffer();
        before.add(ResponseBuffer.fields(ALWAYS));
        before.add(ID + ": ");
        ResponseBuffer after = new ResponseBuffer();
        after.endLine();
        String[] own = own("", cached(request), "");
        after.add(ResponseBuffer.fields(Arrays.copyOfRange(own, 2, own.length - 2)));
        after.add(PositionHandler.HEADER + ": ");
        return new EncodedHeaders(before.copy(), after.copy());
    }

    private String[] own(String id, String cache, String position) {
        return new String[] {ID, id, "KVS-Node", identity.node(), "Cache-Control", cache,
            PositionHandler.HEADER, position};
    }

    private String[] always(String id, String cache, String position) {
        // The position is the last of them, because there may be none.
        String[] own = own(id, cache, position);
        int count = position.isEmpty() ? own.length - 2 : own.length;
        String[] all = Arrays.copyOf(ALWAYS, ALWAYS.length + count);
        System.arraycopy(own, 0, all, ALWAYS.length, count);
        return all;
    }

    /** The handler's position, if it set one, else the node's; none in responses to other nodes. */
    private String position(Map<String, String> told) {
        if (told.containsKey(PositionHandler.HEADER)) {
            return told.get(PositionHandler.HEADER);
        }
        return told.containsKey(PeerSignature.HEADER) ? "" : identity.position().get();
    }
}
