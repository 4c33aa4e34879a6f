package kvs.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The header fields of a request; names without regard to case, values in their order. Immutable. */
public final class Headers {

    private final Map<String, List<String>> fields = new TreeMap<>();

    /** Headers with all of {@code fields}, name to values. */
    public Headers(Map<String, List<String>> fields) {
        fields.forEach((name, values) -> this.fields.computeIfAbsent(name.toLowerCase(Locale.ROOT), n -> new ArrayList<>()).addAll(values));
    }

    /** All values of a field, empty when it is not there. */
    public List<String> all(String name) {
        return List.copyOf(fields.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()));
    }

    /** The values of a field as one list (RFC 9110, section 5.3). */
    public Optional<String> get(String name) {
        List<String> values = all(name);
        return values.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", values));
    }

    /** Whether a field is there. */
    public boolean has(String name) {
        return fields.containsKey(name.toLowerCase(Locale.ROOT));
    }

    /** The names of all fields, in lower case. */
    public List<String> names() {
        return List.copyOf(fields.keySet());
    }
}
