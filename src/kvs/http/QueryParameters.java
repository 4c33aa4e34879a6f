package kvs.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kvs.model.AsciiParsers;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.routes.Parameter;
import kvs.routes.QueryRules;

/**
 * The query parameters of a request. A repeated parameter, or one that its route does not know, is refused,
 * so no typing error passes silently.
 */
public final class QueryParameters {

    private static final QueryParameters NONE = new QueryParameters(Map.of());

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
                        : "the query parameter '" + AsciiParsers.shown(name) + "' is repeated");
            }
        }
        return new QueryParameters(values);
    }

    private QueryParameters(Map<String, String> values) {
        this.values = values;
    }

    /** Names and values in turn, without those of {@code name}. */
    public List<String> inTurnWithout(String name) {
        List<String> inTurn = new ArrayList<>();
        values.forEach((other, value) -> {
            if (!other.equals(name)) {
                inTurn.addAll(List.of(other, value));
            }
        });
        return inTurn;
    }

    /**
     * Refuses unknown parameters, bad values and missing parameters.
     *
     * @throws Refusal {@code BAD_REQUEST}
     */
    void check(QueryRules rules) {
        if (!values.isEmpty() || rules.demanding()) {
            rules.check(values.keySet(), this::text);
        }
    }

    /** The text of a parameter. */
    public Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** Whether a parameter is present, with any value. */
    public boolean has(Parameter<?> parameter) {
        return values.containsKey(parameter.name());
    }

    /** Whether a flag is set. */
    public boolean flag(Parameter<Boolean> parameter) {
        return value(parameter).orElse(false);
    }

    /** The value of a parameter, or its default. */
    public <T> Optional<T> value(Parameter<T> parameter) {
        String text = values.get(parameter.name());
        return text == null ? parameter.fallback() : Optional.of(parameter.parse(text));
    }

    /** The value of a parameter that has a default, or that a request must have. */
    public <T> T required(Parameter<T> parameter) {
        return value(parameter).orElseThrow(() -> bad(parameter.advice()));
    }

    private static Refusal bad(String detail) {
        return new Refusal(Reason.BAD_REQUEST, detail);
    }
}
