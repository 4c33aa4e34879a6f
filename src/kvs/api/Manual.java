package kvs.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The pages of the manual, which lie in the jar as {@code kvs/docs/*.md}. The index is a page that links to
 * all others, {@code [Access](access.md)}: a name without such a link is no page, so no name of a caller
 * reaches the class path.
 */
public final class Manual {

    /** The name of the page that lists the others. */
    public static final String INDEX = "index";
    private static final String DIRECTORY = "/kvs/docs/";
    private static final String SUFFIX = ".md";
    private static final String LINK = "](";

    private Manual() { }

    /** The index. */
    public static byte[] index() {
        return bytes(INDEX);
    }

    /** The text of a page, in Markdown; the name may end with {@code .md}. Empty when there is none. */
    public static Optional<byte[]> page(String name) {
        String bare = name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
        return names().contains(bare) ? Optional.of(bytes(bare)) : Optional.empty();
    }

    /** The names of all pages: the index, then the others in its order. */
    public static List<String> names() {
        List<String> names = new ArrayList<>(List.of(INDEX));
        String text = new String(index(), StandardCharsets.UTF_8);
        for (int at = text.indexOf(LINK); at >= 0; at = text.indexOf(LINK, at + 1)) {
            String target = text.substring(at + LINK.length(), text.indexOf(')', at));
            if (target.endsWith(SUFFIX) && target.indexOf('/') < 0) {
                names.add(target.substring(0, target.length() - SUFFIX.length()));
            }
        }
        return names;
    }

    private static byte[] bytes(String name) {
        try (InputStream page = Manual.class.getResourceAsStream(DIRECTORY + name + SUFFIX)) {
            if (page == null) {
                throw new IllegalStateException("the jar lacks the page " + name + " of the manual");
            }
            return page.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the jar's page " + name + " of the manual is unreadable", e);
        }
    }
}
