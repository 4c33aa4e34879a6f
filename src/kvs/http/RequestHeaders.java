package kvs.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The header fields of a request; names without regard to case, values in their order. They are few, so a
 * look-up is a linear search that allocates nothing. Immutable.
 */
public final class RequestHeaders {

    /** Fields that a proxy adds. */
    private static final List<String> PROXY = List.of("forwarded", "x-real-ip", "via");
    private static final String FORWARDED = "x-forwarded-";

    /** Names in lower case and values, in turn. */
    private final String[] fields;

    /** Headers with all of {@code fields}, name to values. */
    public RequestHeaders(Map<String, List<String>> fields) {
        List<String> inTurn = new ArrayList<>(2 * fields.size());
        fields.forEach((name, values) -> {
            for (String value : values) {
                inTurn.add(name.toLowerCase(Locale.ROOT));
                inTurn.add(value);
            }
        });
        this.fields = inTurn.toArray(String[]::new);
    }

    private RequestHeaders(String[] lower) {
        this.fields = lower;
    }

    /** Headers with these names and values, in turn. */
    public static RequestHeaders of(String... inTurn) {
        String[] lower = inTurn.clone();
        for (int i = 0; i < lower.length; i += 2) {
            lower[i] = lower[i].toLowerCase(Locale.ROOT);
        }
        return new RequestHeaders(lower);
    }

    /** The number of fields; a repeated one counts twice. */
    public int count() {
        return fields.length / 2;
    }

    /** The name of a field, in lower case. */
    public String name(int index) {
        return fields[2 * index];
    }

    /** The value of a field. */
    public String value(int index) {
        return fields[2 * index + 1];
    }

    /** All values of a field, empty when it is absent. */
    public List<String> all(String name) {
        int first = find(name, 0);
        if (first == count()) {
            return List.of();
        }
        int second = find(name, first + 1);
        if (second == count()) {
            return List.of(value(first));
        }
        List<String> values = new ArrayList<>(List.of(value(first)));
        for (int i = second; i < count(); i = find(name, i + 1)) {
            values.add(value(i));
        }
        return values;
    }

    /** The values of a field as one list (RFC 9110, section 5.3). */
    public Optional<String> get(String name) {
        List<String> values = all(name);
        return values.isEmpty() ? Optional.empty()
                : Optional.of(values.size() == 1 ? values.get(0) : String.join(", ", values));
    }

    /** Whether a field is present. */
    public boolean has(String name) {
        return find(name, 0) < count();
    }

    /** Whether the name of a field, in lower case, satisfies {@code names}. */
    public boolean any(Predicate<String> names) {
        for (int i = 0; i < count(); i++) {
            if (names.test(name(i))) {
                return true;
            }
        }
        return false;
    }

    /** Whether a proxy forwarded the request. */
    public boolean proxied() {
        return any(name -> name.startsWith(FORWARDED) || PROXY.contains(name));
    }

    /** The first field of that name from {@code from} on, {@link #count} when there is none. */
    private int find(String name, int from) {
        int i = from;
        while (i < count() && !same(name(i), name)) {
            i++;
        }
        return i;
    }

    /**
     * Equality without regard to case, of ASCII only: other methods match letters beyond ASCII with some of
     * these.
     */
    private static boolean same(String lower, String name) {
        boolean same = lower.length() == name.length();
        for (int i = 0; same && i < name.length(); i++) {
            char c = name.charAt(i);
            same = lower.charAt(i) == (c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
        }
        return same;
    }
}
