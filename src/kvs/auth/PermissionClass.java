package kvs.auth;

import java.util.Locale;

/** The relation of a caller to a key; the first class that fits decides alone, as in POSIX. */
public enum PermissionClass {
    /** The caller owns the key. */
    OWNER(8),
    /** The caller is in the group of the nearest metadata. */
    GROUP(4),
    /** All other callers, also those without a token. */
    OTHERS(0);

    private final int shift;

    PermissionClass(int shift) {
        this.shift = shift;
    }

    /** The position of this class's four bits in the word. */
    int shift() {
        return shift;
    }

    /** The name in responses. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
