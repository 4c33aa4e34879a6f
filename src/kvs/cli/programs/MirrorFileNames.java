package kvs.cli.programs;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The names of the files for a set of keys. A key is its own name below the directory, but for these:
 * <pre>
 *   a, where a/b is a key too     a/%value
 *   %                             %25
 *   .kvs-mirror as first part     %2Ekvs-mirror
 *   a part of over 240 bytes      no name
 * </pre>
 * So no two keys have one name. Pure.
 */
final class MirrorFileNames {

    /** The directory of the mirror itself. */
    static final String OWN = ".kvs-mirror";
    private static final String VALUE = "/%value";
    /** File systems take 255 bytes; a name of ours may be longer than its key. */
    private static final int PART_BYTES_MAX = 240;

    private MirrorFileNames() { }

    /** The names of the keys, relative to the prefix, that can have one, by the key. */
    static Map<String, String> of(NavigableSet<String> keys) {
        Map<String, String> names = new TreeMap<>();
        for (String key : keys) {
            Optional<String> name = name(key);
            String below = key + "/";
            String next = keys.ceiling(below);
            boolean isPrefix = next != null && next.startsWith(below);
            name.ifPresent(text -> names.put(key, isPrefix ? text + VALUE : text));
        }
        return names;
    }

    private static Optional<String> name(String key) {
        StringBuilder name = new StringBuilder(key.length());
        int from = 0;
        while (from <= key.length()) {
            int slash = key.indexOf('/', from);
            int end = slash < 0 ? key.length() : slash;
            String part = key.substring(from, end).replace("%", "%25");
            if (part.getBytes(StandardCharsets.UTF_8).length > PART_BYTES_MAX) {
                return Optional.empty();
            }
            boolean isOwn = from == 0 && part.equals(OWN);
            name.append(from == 0 ? "" : "/").append(isOwn ? "%2E" + part.substring(1) : part);
            from = end + 1;
        }
        return Optional.of(name.toString());
    }

    /** The directory of a file; empty for the whole one. */
    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }
}
