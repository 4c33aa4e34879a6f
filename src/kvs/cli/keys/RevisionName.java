package kvs.cli.keys;

import java.util.Optional;
import kvs.command.MisuseException;

/**
 * A key, or a version of it: {@code users/john@9cde}, where at least four digits begin or end the id of the
 * version. A key whose own name ends like that is written with {@code @current} behind it.
 *
 * @param key the key
 * @param revision the digits; empty for the present version
 */
record RevisionName(KeyPath key, Optional<String> revision) {

    private static final int END = 4;
    private static final int ID_LENGTH = 36;
    private static final String CURRENT = "current";

    /** Parses a name. */
    static RevisionName of(String typed) throws MisuseException {
        int at = typed.lastIndexOf('@');
        String end = typed.substring(at + 1);
        if (at > 0 && end.equals(CURRENT)) {
            return new RevisionName(KeyPath.key(typed.substring(0, at)), Optional.empty());
        }
        return at > 0 && isId(end) ? new RevisionName(KeyPath.key(typed.substring(0, at)), Optional.of(end))
                : new RevisionName(KeyPath.key(typed), Optional.empty());
    }

    private static boolean isId(String text) {
        boolean good = text.length() >= END && text.length() <= ID_LENGTH;
        for (int i = 0; good && i < text.length(); i++) {
            good = "0123456789abcdef-".indexOf(text.charAt(i)) >= 0;
        }
        return good;
    }

    /** The first and the last four digits of an id, {@code 0197…9cde}: enough to name it. */
    static String shortened(String id) {
        return id.length() <= 2 * END ? id : id.substring(0, END) + "…" + id.substring(id.length() - END);
    }

    @Override
    public String toString() {
        return key + revision.map(id -> "@" + id).orElse("");
    }
}
