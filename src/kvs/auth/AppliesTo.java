package kvs.auth;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The keys for which metadata holds, at its path and below. */
public enum AppliesTo {
    /** Everybody's keys, down to the next subtree metadata. */
    SUBTREE,
    /** The keys that one user owns, down to the next metadata of that user. */
    OWN_KEYS;

    /** The name that stands in requests and answers. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The kind of that name. */
    public static Optional<AppliesTo> parse(String text) {
        return List.of(values()).stream().filter(kind -> kind.text().equals(text)).findFirst();
    }
}
