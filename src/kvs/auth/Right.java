package kvs.auth;

import java.util.Locale;

/** A right on a key. */
public enum Right {
    /** Store a document where none is. */
    CREATE('c', 8),
    /** Delete the document. */
    DELETE('d', 4),
    /** Overwrite the document. */
    WRITE('w', 2),
    /** Read the document. */
    READ('r', 1);

    private final char letter;
    private final int bit;

    Right(char letter, int bit) {
        this.letter = letter;
        this.bit = bit;
    }

    /** The letter in a text of permissions. */
    char letter() {
        return letter;
    }

    /** Its bit among the four of a class. */
    int bit() {
        return bit;
    }

    /** The name in requests and responses. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
