package kvs.model;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request that cannot be served, with the reason and the remedy. Thrown anywhere, caught once and turned
 * into a response. It has no stack trace: it is not a fault of the program.
 */
public final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The longest detail, characters: a quotation from a request is cut. */
    private static final int DETAIL_MAX = 1_000;

    private final Reason reason;
    private final transient Map<String, Object> fields = new LinkedHashMap<>();

    /** A refusal; {@code detail} is shown to the caller and names the change that helps. */
    public Refusal(Reason reason, String detail) {
        super(detail.length() > DETAIL_MAX ? detail.substring(0, DETAIL_MAX) + "\u2026" : detail, null,
                false, false);
        this.reason = reason;
    }

    /** A refusal because nothing exists under a key, or nothing that the caller may know of. */
    public static Refusal absent(Key key) {
        return new Refusal(Reason.NOT_FOUND, "the key does not exist").with("path", key.text());
    }

    /** The same refusal with one more field in its response: a text, number, boolean, or a list of them. */
    public Refusal with(String name, Object value) {
        fields.put(name, value);
        return this;
    }

    /** The reason. */
    public Reason reason() {
        return reason;
    }

    /** The text for the caller. */
    public String detail() {
        return getMessage();
    }

    /** Further fields of the response, in order. */
    public Map<String, Object> fields() {
        return fields;
    }
}
