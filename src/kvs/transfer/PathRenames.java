package kvs.transfer;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Other names for paths of a file: the first whose beginning fits replaces it. Names that others allow, such as {@code _x/…} or {@code
 * …/metadata}, cannot be stored here and get in this way.
 *
 * @param all in the order in which they are tried
 */
public record PathRenames(List<Rename> all) {

    /** No other names. */
    public static final PathRenames NONE = new PathRenames(List.of());

    /**
     * One of them.
     *
     * @param from how a path begins, any text
     * @param to how it begins instead
     */
    public record Rename(String from, String to) { }

    /**
     * Renames as {@code FROM=TO} each.
     *
     * @throws IllegalArgumentException with a message that can be shown to who wrote it
     */
    public static PathRenames of(List<String> texts) {
        List<Rename> all = new ArrayList<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("a rename is FROM=TO, the beginnings of paths, not '" + text + "'");
            }
            all.add(new Rename(text.substring(0, equals), text.substring(equals + 1)));
        }
        return new PathRenames(List.copyOf(all));
    }

    /** The name that a path of the file gets. */
    String apply(String path) {
        for (Rename rename : all) {
            if (path.startsWith(rename.from)) {
                return rename.to + path.substring(rename.from.length());
            }
        }
        return path;
    }

    /** All of them as text. */
    String text() {
        return all.stream().map(rename -> rename.from + "=" + rename.to).collect(Collectors.joining("\n"));
    }
}
