package kvs.auth;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The keys for which metadata holds, at its path and below. */
public enum MetadataScope {
    /** The keys of all owners, down to the next subtree metadata. */
    SUBTREE,
    /** The keys that one user owns, down to the next metadata of that user. */
    OWN_KEYS;

    /** The name in requests and responses. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The value with that name. */
    public static Optional<MetadataScope> parse(String text) {
        return List.of(values()).stream().filter(kind -> kind.text().equals(text)).findFirst();
    }
}
