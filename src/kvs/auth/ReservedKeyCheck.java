package kvs.auth;

import java.nio.charset.StandardCharsets;
import java.util.List;
import kvs.model.AsciiParsers;
import kvs.model.Key;
import kvs.model.Refusal;

/**
 * Decides which reserved keys a node accepts from another one. A kind of record that is known here has keys
 * of one form, drawn in {@link AccountKeys}: any other key of that kind would stand in lists for ever, under
 * a name that nobody can request. A kind that is not known here is of a later release, and is kept for nodes
 * that read it. The content of a record is not checked: an unreadable record denies. Pure functions.
 */
public final class ReservedKeyCheck {

    private static final String META = "\0meta/";
    /** Kinds whose keys end with one id, and those whose keys end with two. */
    private static final List<String> ONE = List.of("\0gone/", "\0group/", "\0revoked/", "\0user/");
    private static final List<String> TWO = List.of("\0member/", "\0token/");
    private static final int ID_LENGTH = 36;

    private ReservedKeyCheck() { }

    /** Whether a key begins with the byte 0. */
    public static boolean reserved(Key key) {
        return key.bytes()[0] == 0;
    }

    /** Whether a reserved key has the form of its kind, or is of no kind that is known here. */
    public static boolean possible(Key key) {
        byte[] bytes = key.bytes();
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.startsWith(META)) {
            return metadata(text.substring(META.length()));
        }
        for (String kind : ONE) {
            if (text.startsWith(kind)) {
                return AsciiParsers.uuid(text.substring(kind.length())).isPresent();
            }
        }
        for (String kind : TWO) {
            if (text.startsWith(kind)) {
                return two(text.substring(kind.length()));
            }
        }
        return true;
    }

    private static boolean two(String ids) {
        return ids.length() == 2 * ID_LENGTH + 1 && ids.charAt(ID_LENGTH) == '/'
                && AsciiParsers.uuid(ids.substring(0, ID_LENGTH)).isPresent()
                && AsciiParsers.uuid(ids.substring(ID_LENGTH + 1)).isPresent();
    }

    /**
     * A path, empty for the root; after it may follow a byte 0 and the author in the form of
     * {@link MetadataKey}: an id, or a plus and perhaps one.
     */
    private static boolean metadata(String text) {
        int mark = text.indexOf(0);
        String path = mark < 0 ? text : text.substring(0, mark);
        String whom = mark < 0 ? "+" : text.substring(mark + 1);
        String id = whom.startsWith("+") ? whom.substring(1) : whom;
        boolean known = AsciiParsers.uuid(id).isPresent() || whom.equals("+");
        return known && (path.isEmpty() || path(path));
    }

    private static boolean path(String path) {
        try {
            return !Key.of(path).reserved();
        } catch (Refusal no) {
            return false;
        }
    }
}
