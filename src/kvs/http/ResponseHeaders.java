package kvs.http;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/**
 * The header fields of a response, in their order: some fifteen, searched linearly, because hashing them anew
 * for each response costs more. Immutable.
 */
public final class ResponseHeaders extends AbstractMap<String, String> {

    private static final ResponseHeaders NONE = new ResponseHeaders(new String[0]);

    /** Names and values in turn. */
    private final String[] fields;

    private ResponseHeaders(String[] fields) {
        this.fields = fields;
    }

    /** Fields with these names and values, in turn. */
    public static ResponseHeaders of(String... inTurn) {
        return NONE.with(inTurn);
    }

    /** The fields of a map. */
    public static ResponseHeaders of(Map<String, String> map) {
        return map instanceof ResponseHeaders known ? known : NONE.with(map);
    }

    /** Names and values, in turn. Must not be modified. */
    public String[] inTurn() {
        return fields;
    }

    /** A copy with those of a map, each in the place of the field with its name, or behind all. */
    ResponseHeaders with(Map<String, String> others) {
        if (others instanceof ResponseHeaders more) {
            return with(more.fields);
        }
        String[] inTurn = new String[2 * others.size()];
        int size = 0;
        for (Map.Entry<String, String> other : others.entrySet()) {
            inTurn[size++] = other.getKey();
            inTurn[size++] = other.getValue();
        }
        return with(inTurn);
    }

    /** A copy with these names and values, in turn. */
    ResponseHeaders with(String... inTurn) {
        String[] more = Arrays.copyOf(fields, fields.length + inTurn.length);
        int size = fields.length;
        for (int i = 0; i < inTurn.length; i += 2) {
            int at = find(more, size, inTurn[i]);
            more[at] = inTurn[i];
            more[at + 1] = inTurn[i + 1];
            size = Math.max(size, at + 2);
        }
        return new ResponseHeaders(size == more.length ? more : Arrays.copyOf(more, size));
    }

    @Override
    public String get(Object name) {
        int at = find(fields, fields.length, name);
        return at < fields.length ? fields[at + 1] : null;
    }

    @Override
    public boolean containsKey(Object name) {
        return find(fields, fields.length, name) < fields.length;
    }

    @Override
    public void forEach(BiConsumer<? super String, ? super String> told) {
        for (int i = 0; i < fields.length; i += 2) {
            told.accept(fields[i], fields[i + 1]);
        }
    }

    @Override
    public Set<Map.Entry<String, String>> entrySet() {
        return new AbstractSet<>() {

            @Override
            public Iterator<Map.Entry<String, String>> iterator() {
                return IntStream.range(0, size())
                        .mapToObj(i -> Map.entry(fields[2 * i], fields[2 * i + 1])).iterator();
            }

            @Override
            public int size() {
                return fields.length / 2;
            }
        };
    }

    /** The index of a name among the first {@code size} elements, or {@code size}. */
    private static int find(String[] fields, int size, Object name) {
        int at = 0;
        while (at < size && !fields[at].equals(name)) {
            at += 2;
        }
        return at;
    }
}
