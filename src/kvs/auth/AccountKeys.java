package kvs.auth;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import kvs.model.Key;
import kvs.tree.KeyRange;

/**
 * The keys under which accounts are stored. They start with the byte 0, which no path can hold, and replicate
 * like all others.
 * <pre>
 *   0 "bootstrap-done"              {"user"?,"at"}       the first user was created; never written again
 *   0 "bootstrap-token"             {"at"}               and the first token of that user
 *   0 "gone/"     user or group     {}                   removed for good; nothing overwrites it
 *   0 "group/"    group             {@link UserGroup}
 *   0 "member/"   group "/" user    {}                   one key for each membership
 *   0 "meta/"     path …            {@link Metadata}     see {@link MetadataKey}; the root's path is empty
 *   0 "revoked/"  token             {}                   nothing overwrites it; ends a day after the token
 *   0 "token/"    user "/" token    {@link Token}        ends with the token
 *   0 "user/"     user              {@link User}
 * </pre>
 * The records that decide what a caller sees lie together, from {@code gone/} to {@code meta/}. Never change
 * these names.
 */
final class AccountKeys {

    private static final int UUID_LENGTH = 36;
    private static final byte[] GONE = bytes("\0gone/");
    private static final byte[] GROUP = bytes("\0group/");
    private static final byte[] MEMBER = bytes("\0member/");
    private static final byte[] META = bytes("\0meta/");
    private static final byte[] REVOKED = bytes("\0revoked/");
    private static final byte[] TOKEN = bytes("\0token/");
    private static final byte[] USER = bytes("\0user/");
    private static final byte[] HEX = bytes("0123456789abcdef");
    /** Bytes before the path in the key of metadata. */
    static final int META_LENGTH = META.length;

    static final Key BOOTSTRAP_DONE = key("\0bootstrap-done");
    static final Key BOOTSTRAP_TOKEN = key("\0bootstrap-token");
    static final KeyRange GROUPS = below("\0group/");
    static final KeyRange METADATA = KeyRange.prefix(META);
    static final KeyRange TOKENS = below("\0token/");
    static final KeyRange USERS = below("\0user/");
    /** The records that decide what a caller sees. */
    static final KeyRange RIGHTS = KeyRange.of(bytes("\0gone/"), bytes("\0revoked/"));

    private AccountKeys() { }

    static Key gone(UUID id) {
        return key(GONE, id);
    }

    static Key group(UUID group) {
        return key(GROUP, group);
    }

    static Key member(UUID group, UUID user) {
        return key(MEMBER, group, user);
    }

    static KeyRange members(UUID group) {
        return below("\0member/" + group + "/");
    }

    static Key revoked(UUID token) {
        return key(REVOKED, token);
    }

    static Key token(UUID user, UUID token) {
        return key(TOKEN, user, token);
    }

    static KeyRange tokens(UUID user) {
        return below("\0token/" + user + "/");
    }

    static Key user(UUID user) {
        return key(USER, user);
    }

    /** The first key after the one of {@code id} in a range of keys that end with an id. */
    static byte[] behind(KeyRange range, UUID id) {
        byte[] text = bytes(id + "\0");
        byte[] key = Arrays.copyOf(range.from(), range.from().length + text.length);
        System.arraycopy(text, 0, key, range.from().length, text.length);
        return key;
    }

    /**
     * The id at the end of a key of {@code range}, which holds nothing else after its prefix; empty for a key
     * of another form.
     */
    static Optional<UUID> last(KeyRange range, byte[] key) {
        return key.length == range.from().length + UUID_LENGTH ? uuid(key, range.from().length)
                : Optional.empty();
    }

    /** User and id in the key of a token; empty for a key of another form. */
    static Optional<Tokens.TokenCursor> token(byte[] key) {
        int slash = TOKEN.length + UUID_LENGTH;
        if (key.length != slash + 1 + UUID_LENGTH || key[slash] != '/') {
            return Optional.empty();
        }
        return uuid(key, TOKEN.length)
                .flatMap(user -> uuid(key, slash + 1).map(id -> new Tokens.TokenCursor(user, id)));
    }

    /** The id that stands in a key, in its canonical form. */
    static Optional<UUID> uuid(byte[] key, int from) {
        try {
            return Optional.of(
                    RecordFields.uuid(new String(key, from, UUID_LENGTH, StandardCharsets.ISO_8859_1)));
        } catch (RecordFields.MalformedException foreign) {
            return Optional.empty();
        }
    }

    private static Key key(String text) {
        return Key.ofBytes(bytes(text));
    }

    /**
     * The key of some ids, with slashes between; encoded by hand, because each request with a token needs
     * eight.
     */
    private static Key key(byte[] prefix, UUID... ids) {
        byte[] key = Arrays.copyOf(prefix, prefix.length + ids.length * (UUID_LENGTH + 1) - 1);
        int at = prefix.length;
        for (UUID id : ids) {
            if (at > prefix.length) {
                key[at++] = '/';
            }
            at = id(id, key, at);
        }
        return Key.ofBytes(key);
    }

    /** Writes an id as {@link UUID#toString} does, and returns the offset after it. */
    private static int id(UUID id, byte[] key, int from) {
        long high = id.getMostSignificantBits();
        long low = id.getLeastSignificantBits();
        int at = hex(high >>> 32, 8, key, from);
        key[at] = '-';
        at = hex(high >>> 16, 4, key, at + 1);
        key[at] = '-';
        at = hex(high, 4, key, at + 1);
        key[at] = '-';
        at = hex(low >>> 48, 4, key, at + 1);
        key[at] = '-';
        return hex(low, 12, key, at + 1);
    }

    private static int hex(long bits, int digits, byte[] key, int from) {
        for (int i = 0; i < digits; i++) {
            key[from + i] = HEX[(int) (bits >>> 4 * (digits - 1 - i)) & 15];
        }
        return from + digits;
    }

    private static KeyRange below(String prefix) {
        return KeyRange.prefix(bytes(prefix));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
