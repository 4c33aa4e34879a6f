package kvs.model;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request that cannot be served, with the reason and what to do next. Thrown anywhere, caught once and made an answer. It carries no
 * stack: it is not a fault of the program.
 */
public final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Characters of a detail: what it quotes of a request is cut. */
    private static final int DETAIL_MAX = 1_000;

    private final Reason reason;
    private final transient Map<String, Object> fields = new LinkedHashMap<>();

    /** A refusal; {@code detail} is shown to the caller and tells what to change. */
    public Refusal(Reason reason, String detail) {
        super(detail.length() > DETAIL_MAX ? detail.substring(0, DETAIL_MAX) + "\u2026" : detail, null, false, false);
        this.reason = reason;
    }

    /** Nothing lives under a key, or nothing that the caller may know of. */
    public static Refusal absent(Key key) {
        return new Refusal(Reason.NOT_FOUND, "nothing is here").with("path", key.text());
    }

    /** The same refusal with one more member in its answer: a text, number, boolean, or a list of them. */
    public Refusal with(String name, Object value) {
        fields.put(name, value);
        return this;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }

    /** What the caller is told. */
    public String detail() {
        return getMessage();
    }

    /** Further members of the answer, in order. */
    public Map<String, Object> fields() {
        return fields;
    }
}
