package kvs.auth;

import java.util.Locale;

/** What can be done with a key. */
public enum Right {
    /** Store a document where nothing is. */
    CREATE('c', 8),
    /** Delete what is there. */
    DELETE('d', 4),
    /** Overwrite what is there. */
    WRITE('w', 2),
    /** Look at what is there. */
    READ('r', 1);

    private final char letter;
    private final int bit;

    Right(char letter, int bit) {
        this.letter = letter;
        this.bit = bit;
    }

    /** How it stands in a text of permissions. */
    char letter() {
        return letter;
    }

    /** Its bit among the four of a class. */
    int bit() {
        return bit;
    }

    /** The name that stands in requests and answers. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
