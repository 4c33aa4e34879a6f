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
 * Requests to one node until they are answered: after 429, 503 and silence of a node that has answered before they are sent again, a bounded
 * number of times. One thread at a time.
 */
public final class NodeClient implements AutoCloseable {

    /** With the pauses below: a node may restart, or a limit of a minute go by. */
    private static final int ATTEMPTS_MAX = 10;
    private static final long PAUSE_MS = 500;
    private static final long PAUSE_MS_MAX = 8_000;
    private static final long RETRY_MS_MAX = 120_000;
    /** A page of 8 MiB, its last document of 16 MiB, and what stands around 10,000 documents. */
    private static final Network.Bounds BOUNDS = new Network.Bounds(120_000, 64 << 20);
    private static final int RETRY_DIGITS = 6;
    /** {@code Sun, 29 Nov 2026 21:36:51 GMT}, and room. */
    private static final int DATE_MAX = 40;
    private static final int REFUSED = 300;
    private static final int RATE_LIMITED = 429;
    private static final int UNAVAILABLE = 503;
    private static final int UNAUTHORIZED = 401;

    private final Network network;
    private final NodeAddress place;
    private final Clock clock;
    private final LongConsumer sleep;
    /** Whether anybody has ever answered: that nobody is there is told at once. */
    private boolean met;

    /**
     * Which node.
     *
     * @param address host and port
     * @param token what is shown to it, empty for nothing
     */
    public record NodeAddress(String address, Optional<String> token) {

        /** Without the token. */
        @Override
        public String toString() {
            return address;
        }
    }

    /** Requests to {@code place}; {@code sleep} lets so many ms pass. */
    public NodeClient(Network network, NodeAddress place, Clock clock, LongConsumer sleep) {
        this.network = network;
        this.place = place;
        this.clock = clock;
        this.sleep = sleep;
    }

    String address() {
        return place.address;
    }

    /** The answer to a request, whatever its status but 429 and 503. */
    public Network.NetworkResponse send(String method, String target, byte[] body) throws IOException {
        for (int attempt = 1; ; attempt++) {
            Network.Reply reply = network.send(call(method, target, body), BOUNDS).toCompletableFuture().join();
            if (reply instanceof Network.NetworkResponse answer) {
                met = true;
                if (answer.status() != RATE_LIMITED && answer.status() != UNAVAILABLE) {
                    return answer;
                }
                if (RefusalAdvice.lasting(member(answer, "reason"))) {
                    check(answer);
                }
                pause(attempt, detail(answer), answer.headers().getOrDefault("retry-after", ""));
            } else {
                silent(attempt, (Network.NoResponse) reply);
            }
        }
    }

    private void silent(int attempt, Network.NoResponse silence) throws IOException {
        if (!met) {
            throw new IOException("no node answers at " + place.address + ": " + silence.why());
        }
        pause(attempt, "no answer from " + place.address + ": " + silence.why());
    }

    private Network.Call call(String method, String target, byte[] body) {
        Map<String, String> headers = new HashMap<>();
        place.token.ifPresent(token -> headers.put("Authorization", "Bearer " + token));
        if (body.length > 0) {
            headers.put("Content-Type", "application/json");
        }
        return new Network.Call(method, place.address, target, headers, body);
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
        sleep.accept(seconds.isPresent() ? Math.min(RETRY_MS_MAX, TimeUnit.SECONDS.toMillis(seconds.getAsLong())) : grown);
    }

    /** Stops at an answer that is a refusal. */
    public void check(Network.NetworkResponse answer) throws IOException {
        if (answer.status() == UNAUTHORIZED) {
            throw new IOException("the node at " + place.address + " refuses: " + detail(answer) + ". Give a token in the environment variable"
                    + " KVS_TOKEN; java -jar kvs.jar token prints one");
        }
        if (answer.status() >= REFUSED) {
            throw refused(detail(answer), member(answer, "reason"));
        }
    }

    /** A refusal, with what to do about it. */
    IOException refused(String detail, String reason) {
        String way = RefusalAdvice.of(reason, "http://" + place.address, "DATA_DIR").map(text -> ". " + text).orElse("");
        return new IOException("the node at " + place.address + " refuses: " + detail + way);
    }

    /** What a refusal says. */
    String detail(Network.NetworkResponse answer) {
        String detail = member(answer, "detail");
        return detail.isEmpty() ? "status " + answer.status() : detail;
    }

    /** A text in a refusal; empty when it is none of ours. */
    private static String member(Network.NetworkResponse answer, String name) {
        try {
            Optional<JsonValue> member = JsonValue.parse(answer.body()).field(name);
            return member.isEmpty() ? "" : member.get().string();
        } catch (JsonException foreign) {
            return "";
        }
    }

    /** The clock of the node when it answered, ms: ours where that fits the second that it says, so a node on this machine has our clock. */
    long now(Network.NetworkResponse answer) {
        try {
            String field = answer.headers().getOrDefault("date", "");
            String told = field.length() > DATE_MAX ? "" : field;
            long date = ZonedDateTime.parse(told, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant().toEpochMilli();
            return Math.max(date, Math.min(date + 999, clock.wallMs()));
        } catch (DateTimeParseException unknown) {
            return clock.wallMs();
        }
    }

    /** The failure to be reported when the response is not one of a node. */
    public IOException foreign(JsonException why) {
        return new IOException("what answers at " + place.address + " is no node of ours: " + FailureText.text(why), why);
    }

    @Override
    public void close() {
        network.close();
    }
}
