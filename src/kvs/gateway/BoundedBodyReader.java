package kvs.gateway;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.IntConsumer;
import kvs.http.JsonBody;
import kvs.http.Request;
import kvs.http.RequestHeaders;
import kvs.http.Response;
import kvs.http.Route;
import kvs.model.Reason;
import kvs.model.Refusal;

/**
 * Reads the bodies of requests: each within the limit of its route, and all together within a share of the
 * heap. A route without a body accepts an empty JSON object as no body, because some clients send one with
 * every POST. Thread-safe.
 */
final class BoundedBodyReader {

    /**
     * Bodies in flight take at most this share of the heap. The largest one fits into 256 MiB, of which the
     * serial collector counts only 247.
     */
    private static final int HEAP_SHARE = 7;
    /** Limit for an empty object and white space. */
    private static final int NOTHING_BYTES = 1_024;

    private final AtomicLong bytes = new AtomicLong();
    private final long bytesMax = Runtime.getRuntime().maxMemory() / HEAP_SHARE;

    /**
     * The bytes that one request has reserved of the share, until its response. Its body grows on one thread
     * at a time.
     */
    private final class Reservation implements IntConsumer {

        private volatile int taken;

        @Override
        public void accept(int more) {
            if (bytes.addAndGet(more) > bytesMax) {
                bytes.addAndGet(-more);
                throw new Refusal(Reason.BUSY, "this node is receiving too many bodies; try again");
            }
            taken += more;
        }

        void free() {
            bytes.addAndGet(-taken);
        }
    }

    /** Reads the body of a request, then passes the request to {@code serve}. */
    CompletionStage<Response> serve(Route route, Request request, BodySource body,
            Function<Request, CompletionStage<Response>> serve) {
        boolean chunked = RequestValidation.chunked(request.headers());
        long length = RequestValidation.length(request.headers());
        if (length == 0 && !chunked) {
            return serve.apply(request);
        }
        check(route, length, request.headers());
        Reservation part = new Reservation();
        CompletionStage<byte[]> read;
        try {
            read = request.timer().waiting(() -> chunked ? body.chunks(most(route), part)
                    : fixed(body, (int) length, part));
        } catch (RuntimeException | Error thrown) {
            part.free();
            throw thrown;
        }
        return read.thenCompose(whole -> serve.apply(request.with(taken(route, whole))))
                .whenComplete((response, thrown) -> part.free());
    }

    private static CompletionStage<byte[]> fixed(BodySource body, int length, Reservation part) {
        part.accept(length);
        return body.read(length);
    }

    private static int most(Route route) {
        return route.bodyMax() == 0 ? NOTHING_BYTES : route.bodyMax();
    }

    /** Checks the head, before a byte of the body is read. */
    private static void check(Route route, long length, RequestHeaders headers) {
        if (length > most(route)) {
            throw tooLong(route, length + " bytes");
        }
        if (route.bodyMax() > 0) {
            RequestValidation.checkType(headers);
        }
    }

    private static byte[] taken(Route route, byte[] whole) {
        if (whole.length > most(route)) {
            throw tooLong(route, "more bytes");
        }
        if (route.bodyMax() == 0 && !JsonBody.nothing(whole)) {
            throw unwanted(route);
        }
        return route.bodyMax() == 0 ? new byte[0] : whole;
    }

    private static Refusal tooLong(Route route, String size) {
        return route.bodyMax() == 0 ? unwanted(route) : tooLarge(route, size);
    }

    private static Refusal unwanted(Route route) {
        return new Refusal(Reason.BAD_REQUEST,
                route.text() + " accepts no body: remove it, or send an empty object, {}");
    }

    private static Refusal tooLarge(Route route, String size) {
        return new Refusal(Reason.TOO_LARGE, "the body has " + size + ", the limit is " + route.bodyMax()
                + " bytes; max_json_size is the limit of documents")
                .with("max_bytes", route.bodyMax());
    }
}
