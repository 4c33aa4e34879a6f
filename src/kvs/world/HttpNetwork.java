package kvs.world;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/**
 * The network by {@code java.net.http}: HTTP/1.1, no redirects, a deadline on the whole exchange (the JDK's
 * own ends at the headers).
 */
public final class HttpNetwork implements Network {

    private final long connectMs;
    private final Optional<SSLContext> tls;
    private final ReentrantLock building = new ReentrantLock();
    /** Guarded by {@code building}. */
    private Optional<HttpClient> built = Optional.empty();
    private final Set<CompletableFuture<?>> underWay = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** A network that connects within {@code connectMs} at most; https if there is a {@code tls}. */
    public HttpNetwork(long connectMs, Optional<SSLContext> tls) {
        this.connectMs = connectMs;
        this.tls = tls;
    }

    /** The client, built on first use: at the start it would double the time until a node serves. */
    private HttpClient client() {
        building.lock();
        try {
            if (built.isEmpty()) {
                HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER).proxy(HttpClient.Builder.NO_PROXY)
                        .connectTimeout(Duration.ofMillis(connectMs));
                tls.ifPresent(builder::sslContext);
                built = Optional.of(builder.build());
            }
            return built.get();
        } finally {
            building.unlock();
        }
    }

    @Override
    public CompletionStage<Reply> send(Call call, Bounds bounds) {
        if (closed) {
            return CompletableFuture.completedFuture(new NoResponse("closed"));
        }
        CompletableFuture<HttpResponse<byte[]>> exchange;
        try {
            exchange = client().sendAsync(request(call), head -> new BoundedBody(bounds.bodyMax()));
        } catch (IllegalArgumentException e) {
            // The exception's text quotes the request, perhaps a token.
            return CompletableFuture.completedFuture(
                    new NoResponse("the request cannot be sent: its address or a header is malformed"));
        }
        underWay.add(exchange);
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        exchange.whenComplete((response, error) -> {
            underWay.remove(exchange);
            reply.complete(error == null ? answer(response) : silence(error));
        });
        reply.completeOnTimeout(new NoResponse("no response within " + bounds.deadlineMs() + " ms"),
                bounds.deadlineMs(), TimeUnit.MILLISECONDS);
        reply.thenRun(() -> exchange.cancel(true));
        return reply;
    }

    @Override
    public void close() {
        closed = true;
        underWay.forEach(exchange -> exchange.cancel(true));
    }

    private HttpRequest request(Call call) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(
                URI.create((tls.isPresent() ? "https://" : "http://") + call.address() + call.target()));
        call.headers().forEach(builder::header);
        return builder.method(call.method(), call.body().length == 0 ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofByteArray(call.body())).build();
    }

    private static Reply answer(HttpResponse<byte[]> response) {
        Map<String, String> headers = new HashMap<>();
        response.headers().map()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
        return new NetworkResponse(response.statusCode(), Map.copyOf(headers), response.body());
    }

    private static Reply silence(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null
                ? error.getCause() : error;
        return new NoResponse(words(cause), certificate(cause));
    }

    /** The reason why a certificate was not trusted; empty when no certificate failed. */
    private static String certificate(Throwable failure) {
        String why = "";
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof CertificateExpiredException) {
                return "it has expired";
            }
            if (at instanceof CertificateNotYetValidException) {
                return "it is not valid yet";
            }
            if (at instanceof CertPathBuilderException || at instanceof CertPathValidatorException) {
                why = "no trusted authority has signed it";
            } else if (why.isEmpty() && at.getClass() == CertificateException.class) {
                // The JDK's check of names throws no class of its own, and all other checks do.
                why = "it is for another name or address than the peer's";
            }
        }
        return why;
    }

    /** The reason of a failure, in words that say what to check. */
    private static String words(Throwable cause) {
        if (cause.getCause() instanceof UnresolvedAddressException) {
            return "its name is unknown";
        }
        if (cause instanceof HttpTimeoutException) {
            return "no connection in time";
        }
        if (cause instanceof ConnectException) {
            return "no process listens there, or a firewall blocks it";
        }
        if (cause instanceof SSLException) {
            return FailureText.text(cause);
        }
        return cause instanceof IOException ? "the connection broke" : "the request was cancelled";
    }

    /** Collects a body up to a bound; a longer one is a failure, found before it is stored. One exchange. */
    private static final class BoundedBody implements HttpResponse.BodySubscriber<byte[]> {

        private final HttpResponse.BodySubscriber<byte[]> whole = HttpResponse.BodySubscribers.ofByteArray();
        private final int bytesMax;
        private Flow.Subscription subscription;
        private long bytes;

        BoundedBody(int bytesMax) {
            this.bytesMax = bytesMax;
        }

        @Override
        public CompletionStage<byte[]> getBody() {
            return whole.getBody();
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            whole.onSubscribe(given);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            bytes += buffers.stream().mapToLong(ByteBuffer::remaining).sum();
            if (bytes > bytesMax) {
                subscription.cancel();
                whole.onError(new IOException("the response has more than " + bytesMax + " bytes"));
                return;
            }
            whole.onNext(buffers);
        }

        @Override
        public void onError(Throwable error) {
            whole.onError(error);
        }

        @Override
        public void onComplete() {
            whole.onComplete();
        }
    }
}
