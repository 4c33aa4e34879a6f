package kvs.auth;

import java.util.Locale;

/** In what relation a caller stands to a key; the first that fits decides alone, as in POSIX. */
public enum PermissionClass {
    /** The key is theirs. */
    OWNER(8),
    /** They are in the group of the nearest metadata. */
    GROUP(4),
    /** Everybody else, callers without a token too. */
    OTHERS(0);

    private final int shift;

    PermissionClass(int shift) {
        this.shift = shift;
    }

    /** Where the four bits of this class stand in the word. */
    int shift() {
        return shift;
    }

    /** The name that stands in answers. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
