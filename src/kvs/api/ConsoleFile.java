package kvs.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/**
 * A file of the console, which lies in the jar as {@code kvs/console/*}: HTML, CSS or a module of JavaScript.
 * A name is lower-case letters, a dot and one of these endings, so no name of a caller reaches another part
 * of the class path.
 *
 * @param type its media type
 * @param bytes its content; must not be modified
 */
record ConsoleFile(String type, byte[] bytes) {

    /** The name of the page that loads all others. */
    static final String START = "index.html";
    private static final String DIRECTORY = "/kvs/console/";

    /** An ending of a name, and the media type that it stands for. */
    private record Kind(String ending, String type) { }

    private static final List<Kind> KINDS = List.of(new Kind(".html", "text/html; charset=utf-8"),
            new Kind(".css", "text/css; charset=utf-8"), new Kind(".js", "text/javascript; charset=utf-8"));

    /** The file of a name. Empty when there is none. */
    static Optional<ConsoleFile> find(String name) {
        for (Kind kind : KINDS) {
            if (name.endsWith(kind.ending) && isWord(name, name.length() - kind.ending.length())) {
                return bytes(name).map(bytes -> new ConsoleFile(kind.type, bytes));
            }
        }
        return Optional.empty();
    }

    private static boolean isWord(String name, int length) {
        for (int i = 0; i < length; i++) {
            if (name.charAt(i) < 'a' || name.charAt(i) > 'z') {
                return false;
            }
        }
        return length > 0;
    }

    private static Optional<byte[]> bytes(String name) {
        try (InputStream file = ConsoleFile.class.getResourceAsStream(DIRECTORY + name)) {
            return file == null ? Optional.empty() : Optional.of(file.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("the jar's file " + name + " of the console is unreadable", e);
        }
    }
}
