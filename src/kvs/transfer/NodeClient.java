package kvs.transfer;

import java.io.IOException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.model.AsciiGrammar;
import kvs.world.Clock;
import kvs.world.FailureText;
import kvs.world.Network;

/**
 * A client of one node. It repeats a request after 429 and 503, and after a missing response of a node that
 * has responded before, a bounded number of times. One thread at a time.
 */
public final class NodeClient implements AutoCloseable {

    /** Enough, with the pauses below, for the restart of a node, or for a rate limit of a minute. */
    private static final int ATTEMPTS_MAX = 10;
    private static final long PAUSE_MS = 500;
    private static final long PAUSE_MS_MAX = 8_000;
    private static final long RETRY_MS_MAX = 120_000;
    /** A page of 8 MiB, its last document of 16 MiB, and the JSON around 10,000 documents. */
    private static final Network.Bounds BOUNDS = new Network.Bounds(120_000, 64 << 20);
    private static final int RETRY_DIGITS = 6;
    /** Longer than {@code Sun, 29 Nov 2026 21:36:51 GMT}. */
    private static final int DATE_MAX = 40;
    private static final int REFUSED = 300;
    private static final int RATE_LIMITED = 429;
    private static final int UNAVAILABLE = 503;
    private static final int UNAUTHORIZED = 401;

    private final Network network;
    private final NodeAddress address;
    private final Clock clock;
    private final LongConsumer sleep;
    /** Whether the node has ever responded: if it has not, a missing response fails at once. */
    private boolean met;

    /**
     * The address of a node, with a credential.
     *
     * @param address host and port
     * @param token the bearer token, empty for none
     */
    public record NodeAddress(String address, Optional<String> token) {

        /** The address without the token. */
        @Override
        public String toString() {
            return address;
        }
    }

    /** A client of {@code address}; {@code sleep} waits for so many ms. */
    public NodeClient(Network network, NodeAddress address, Clock clock, LongConsumer sleep) {
        this.network = network;
        this.address = address;
        this.clock = clock;
        this.sleep = sleep;
    }

    String address() {
        return address.address;
    }

    /** Sends a request and returns the response, of any status but 429 and 503. */
    public Network.NetworkResponse send(String method, String target, byte[] body) throws IOException {
        for (int attempt = 1; ; attempt++) {
            Network.Reply reply = network.send(call(method, target, body), BOUNDS)
                    .toCompletableFuture().join();
            if (reply instanceof Network.NetworkResponse answer) {
                met = true;
                if (answer.status() != RATE_LIMITED && answer.status() != UNAVAILABLE) {
                    return answer;
                }
                if (RefusalAdvice.isPermanent(member(answer, "reason"))) {
                    check(answer);
                }
                pause(attempt, detail(answer), answer.headers().getOrDefault("retry-after", ""));
            } else {
                silent(attempt, (Network.NoResponse) reply);
            }
        }
    }

    private void silent(int attempt, Network.NoResponse noResponse) throws IOException {
        if (!met) {
            throw new IOException("no node responds at " + address.address + ": " + noResponse.why());
        }
        pause(attempt, "no response from " + address.address + ": " + noResponse.why());
    }

    private Network.Call call(String method, String target, byte[] body) {
        Map<String, String> headers = new HashMap<>();
        address.token.ifPresent(token -> headers.put("Authorization", "Bearer " + token));
        if (body.length > 0) {
            headers.put("Content-Type", "application/json");
        }
        return new Network.Call(method, address.address, target, headers, body);
    }

    /** Waits before the next attempt. */
    void pause(int attempt, String why) throws IOException {
        pause(attempt, why, "");
    }

    private void pause(int attempt, String why, String retryAfter) throws IOException {
        if (attempt >= ATTEMPTS_MAX) {
            throw new IOException(why + " (" + attempt + " attempts)");
        }
        long grown = Math.min(PAUSE_MS_MAX, PAUSE_MS << attempt - 1);
        OptionalLong seconds = AsciiGrammar.number(retryAfter, RETRY_DIGITS);
        sleep.accept(seconds.isPresent()
                ? Math.min(RETRY_MS_MAX, TimeUnit.SECONDS.toMillis(seconds.getAsLong())) : grown);
    }

    /** Throws when the response is a refusal. */
    public void check(Network.NetworkResponse answer) throws IOException {
        if (answer.status() == UNAUTHORIZED) {
            throw new IOException("the node at " + address.address + " refused: " + detail(answer) + ". Give"
                    + " a token in the environment variable KVS_TOKEN; java -jar kvs.jar token creates one");
        }
        if (answer.status() >= REFUSED) {
            throw refused(detail(answer), member(answer, "reason"));
        }
    }

    /** The exception for a refusal, with advice. */
    IOException refused(String detail, String reason) {
        String way = RefusalAdvice.of(reason, "http://" + address.address, "DATA_DIR")
                .map(text -> ". " + text).orElse("");
        return new IOException("the node at " + address.address + " refused: " + detail + way);
    }

    /** The detail of a refusal. */
    String detail(Network.NetworkResponse answer) {
        String detail = member(answer, "detail");
        return detail.isEmpty() ? "status " + answer.status() : detail;
    }

    /** A text member of a refusal; empty when the response is not a refusal of KVS. */
    private static String member(Network.NetworkResponse answer, String name) {
        try {
            Optional<JsonValue> member = JsonValue.parse(answer.body()).field(name);
            return member.isEmpty() ? "" : member.get().string();
        } catch (JsonException foreign) {
            return "";
        }
    }

    /**
     * The clock of the node at its response, ms: the local clock where it lies within the second of the
     * {@code Date} header, so a node on this machine has the local clock.
     */
    long now(Network.NetworkResponse answer) {
        try {
            String field = answer.headers().getOrDefault("date", "");
            String told = field.length() > DATE_MAX ? "" : field;
            long date = ZonedDateTime.parse(told, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant()
                    .toEpochMilli();
            return Math.max(date, Math.min(date + 999, clock.wallMs()));
        } catch (DateTimeParseException unknown) {
            return clock.wallMs();
        }
    }

    /** The exception for a response that is not one of a KVS node. */
    public IOException foreign(JsonException failure) {
        return new IOException("the server at " + address.address + " is not a KVS node: "
                + FailureText.text(failure), failure);
    }

    @Override
    public void close() {
        network.close();
    }
}
