package kvs.transfer;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import kvs.model.Key;
import kvs.model.Refusal;

/**
 * Renames for the paths of a file: the first rename whose prefix matches replaces that prefix; then all paths
 * are put under one. So paths that other stores allow and KVS cannot store, such as {@code _x/…} or
 * {@code …/metadata}, can be imported.
 *
 * @param all the renames in the order in which they are tried
 * @param under the path above all paths, without a slash at its end; empty for none
 */
public record PathRenames(List<Rename> all, String under) {

    /** No renames. */
    public static final PathRenames NONE = new PathRenames(List.of(), "");

    private static final String SLASH = "/";

    /**
     * A rename of a prefix.
     *
     * @param from the prefix of a path, any text
     * @param to the replacement
     */
    public record Rename(String from, String to) { }

    /**
     * Parses renames, each as {@code FROM=TO}, and the path above all, which may end with a slash.
     *
     * @throws IllegalArgumentException with a message that can be shown to the user
     */
    public static PathRenames of(List<String> texts, String under) {
        List<Rename> all = new ArrayList<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("a rename must be FROM=TO, two starts of paths, not '"
                        + text + "'");
            }
            all.add(new Rename(text.substring(0, equals), text.substring(equals + 1)));
        }
        String above = under.endsWith(SLASH) ? under.substring(0, under.length() - 1) : under;
        if (!under.isEmpty()) {
            checkAbove(above);
        }
        return new PathRenames(List.copyOf(all), above);
    }

    private static void checkAbove(String above) {
        try {
            if (Key.of(above).reserved()) {
                throw new IllegalArgumentException("names that start with '_' are reserved");
            }
        } catch (Refusal refusal) {
            throw new IllegalArgumentException(refusal.detail(), refusal);
        }
    }

    /** The new name of a path of the file. */
    String apply(String path) {
        String renamed = renamed(path);
        if (under.isEmpty() || renamed.isEmpty()) {
            return under + renamed;
        }
        return under + SLASH + renamed;
    }

    private String renamed(String path) {
        for (Rename rename : all) {
            if (path.startsWith(rename.from)) {
                return rename.to + path.substring(rename.from.length());
            }
        }
        return path;
    }

    /**
     * The key for a path of another store.
     *
     * @throws Refusal with the path and, where an option helps, with the option
     */
    Key key(String path) {
        try {
            return Key.of(apply(path)).storable();
        } catch (Refusal refusal) {
            String help = path.startsWith(SLASH) ? ". --rename /= takes the first slash off"
                    : ". --rename FROM=TO gives it another beginning";
            throw new Refusal(refusal.reason(), "key '" + path + "': " + refusal.detail() + help);
        }
    }

    /** All renames, and the path above, as text. */
    String text() {
        return under + all.stream().map(rename -> "\n" + rename.from + "=" + rename.to)
                .collect(Collectors.joining());
    }
}
