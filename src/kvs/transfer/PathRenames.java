package kvs.transfer;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Renames for the paths of a file: the first rename whose prefix matches replaces that prefix. So paths that
 * other stores allow and KVS cannot store, such as {@code _x/…} or {@code …/metadata}, can be imported.
 *
 * @param all the renames in the order in which they are tried
 */
public record PathRenames(List<Rename> all) {

    /** No renames. */
    public static final PathRenames NONE = new PathRenames(List.of());

    /**
     * A rename of a prefix.
     *
     * @param from the prefix of a path, any text
     * @param to the replacement
     */
    public record Rename(String from, String to) { }

    /**
     * Parses renames, each as {@code FROM=TO}.
     *
     * @throws IllegalArgumentException with a message that can be shown to the user
     */
    public static PathRenames of(List<String> texts) {
        List<Rename> all = new ArrayList<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("a rename must be FROM=TO, two starts of paths, not '"
                        + text + "'");
            }
            all.add(new Rename(text.substring(0, equals), text.substring(equals + 1)));
        }
        return new PathRenames(List.copyOf(all));
    }

    /** The new name of a path of the file. */
    String apply(String path) {
        for (Rename rename : all) {
            if (path.startsWith(rename.from)) {
                return rename.to + path.substring(rename.from.length());
            }
        }
        return path;
    }

    /** All renames as text. */
    String text() {
        return all.stream().map(rename -> rename.from + "=" + rename.to).collect(Collectors.joining("\n"));
    }
}
