package kvs.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import kvs.model.AsciiGrammar;
import kvs.model.Durations;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.world.FailureText;

/**
 * The query parameters of a request. A repeated parameter, or one that its route does not know, is refused,
 * so no typing error passes silently.
 */
public final class QueryParameters {

    private static final QueryParameters NONE = new QueryParameters(Map.of());

    private static final int DIGITS_MAX = 18;
    /** The largest number of {@value #DIGITS_MAX} digits. */
    private static final long NUMBER_MAX = 999_999_999_999_999_999L;
    /** Bound of a key; the first text behind a prefix may have a longer last character. */
    private static final int KEY_BYTES_MAX = Key.BYTES_MAX + 4;

    private final Map<String, String> values;

    /**
     * The parameters of a raw query, without its question mark.
     *
     * @throws Refusal {@code BAD_REQUEST} for bad encoding or a repeated parameter
     */
    static QueryParameters parse(String raw) {
        if (raw.isEmpty()) {
            return NONE;
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (String pair : raw.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = PercentEncoding.decode(equals < 0 ? pair : pair.substring(0, equals), true,
                    Reason.BAD_REQUEST);
            String value = equals < 0 ? ""
                    : PercentEncoding.decode(pair.substring(equals + 1), true, Reason.BAD_REQUEST);
            if (name.isEmpty() || values.put(name, value) != null) {
                throw bad(name.isEmpty() ? "a query parameter has no name"
                        : "the query parameter '" + AsciiGrammar.shown(name) + "' is repeated");
            }
        }
        return new QueryParameters(values);
    }

    private QueryParameters(Map<String, String> values) {
        this.values = values;
    }

    /** A copy without these parameters. */
    public QueryParameters without(String... names) {
        if (values.isEmpty()) {
            return this;
        }
        Map<String, String> less = new LinkedHashMap<>(values);
        return less.keySet().removeAll(List.of(names)) ? new QueryParameters(less) : this;
    }

    /** Names and values in turn. */
    public List<String> inTurn() {
        List<String> inTurn = new ArrayList<>();
        values.forEach((name, value) -> inTurn.addAll(List.of(name, value)));
        return inTurn;
    }

    /** Refuses every parameter that is not in {@code known}. */
    public void only(String... known) {
        if (values.isEmpty()) {
            return;
        }
        List<String> names = List.of(known);
        for (String name : values.keySet()) {
            if (!names.contains(name)) {
                throw bad("unknown query parameter '" + AsciiGrammar.shown(name) + "'" + (names.isEmpty()
                        ? ": none is accepted here" : "; accepted: " + String.join(", ", names)));
            }
        }
    }

    /** Whether a parameter is present, with any value. */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** The value of a parameter. */
    public Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** A flag: absent, or without a value, {@code true} or {@code false}. */
    public boolean flag(String name) {
        return switch (values.getOrDefault(name, "false")) {
            case "", "true" -> true;
            case "false" -> false;
            default -> throw bad("the query parameter '" + name + "' must be true, false or without a value");
        };
    }

    /** A key, a part of one, or the end of a range of keys. */
    public Optional<String> key(String name) {
        Optional<String> key = text(name);
        if (key.isPresent() && key.get().getBytes(StandardCharsets.UTF_8).length > KEY_BYTES_MAX) {
            throw bad("the query parameter '" + name + "' is longer than any key: a key has at most "
                    + Key.BYTES_MAX + " bytes");
        }
        return key;
    }

    /** An integer within bounds. */
    public Optional<Long> number(String name, long least, long most) {
        return text(name).map(value -> {
            OptionalLong number = AsciiGrammar.number(value, DIGITS_MAX);
            if (number.isEmpty() || number.getAsLong() < least || number.getAsLong() > most) {
                throw bad("the query parameter '" + name + "' must be an integer from " + least + " to "
                        + Math.min(most, NUMBER_MAX));
            }
            return number.getAsLong();
        });
    }

    /** A duration of at most {@code mostMs}, in ms. */
    public Optional<Long> duration(String name, long mostMs) {
        return text(name).map(value -> {
            long ms;
            try {
                ms = Durations.parse(value);
            } catch (IllegalArgumentException e) {
                throw bad("the query parameter '" + name + "': " + FailureText.text(e));
            }
            if (ms > mostMs) {
                throw bad("the query parameter '" + name + "' must be at most " + Durations.text(mostMs));
            }
            return ms;
        });
    }

    private static Refusal bad(String detail) {
        return new Refusal(Reason.BAD_REQUEST, detail);
    }
}
