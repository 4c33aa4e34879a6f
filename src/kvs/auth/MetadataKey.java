package kvs.auth;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import kvs.model.Key;
import kvs.model.Version;
import kvs.tree.KeyRange;

/**
 * The place of one record of metadata. Each author has a place of their own on each path, so in no order of
 * arrival does one author's record replace another's.
 * <pre>
 *   0 "meta/" path               set by administrators for the subtree
 *   0 "meta/" path 0 "+" user    set for the subtree by its owner; without a user nobody's, after a hand-over
 *   0 "meta/" path 0 user        set by a user for the keys that they own
 * </pre>
 * No path holds the byte 0, so the records of a path stand together, before those of the paths below it.
 * Example, the keys of user 1 on {@code a}:
 * <pre>
 *   00 6d 65 74 61 2f 61 00 30 30 … 30 31
 * </pre>
 * Never change these names.
 *
 * @param path empty for the root
 * @param kind the kind of record
 * @param user its author, {@link Version#NOBODY} for administrators and nobody
 */
record MetadataKey(byte[] path, Kind kind, UUID user) {

    private static final byte PLUS = '+';
    private static final int UUID_LENGTH = 36;
    /** The longest path on which an administrator can set metadata. */
    static final int PATH_MAX = Key.BYTES_MAX - AccountKeys.META_LENGTH;

    /** The kind of a record. */
    enum Kind {
        /** Set by administrators, for the subtree. */
        ADMINISTRATORS,
        /** Set by the owner of the subtree, for the subtree. */
        RULER,
        /** Set by a user, for the keys of that user. */
        OWN_KEYS
    }

    /**
     * The key of a record on the first {@code length} bytes of {@code path}; empty when the path is too long
     * for one.
     */
    static Optional<Key> key(byte[] path, int length, Kind kind, UUID user) {
        byte[] tail = switch (kind) {
            case ADMINISTRATORS -> new byte[0];
            case RULER -> text(user.equals(Version.NOBODY) ? "\0+" : "\0+" + user);
            case OWN_KEYS -> text("\0" + user);
        };
        if (length + tail.length > PATH_MAX) {
            return Optional.empty();
        }
        byte[] key = prefix(path, length, tail.length);
        System.arraycopy(tail, 0, key, key.length - tail.length, tail.length);
        return Optional.of(Key.ofBytes(key));
    }

    Optional<Key> key() {
        return key(path, path.length, kind, user);
    }

    /** The slot of that key; empty for a key of another form. */
    static Optional<MetadataKey> of(byte[] key) {
        int zero = AccountKeys.META_LENGTH;
        while (zero < key.length && key[zero] != 0) {
            zero++;
        }
        byte[] path = Arrays.copyOfRange(key, AccountKeys.META_LENGTH, zero);
        if (zero == key.length) {
            return Optional.of(new MetadataKey(path, Kind.ADMINISTRATORS, Version.NOBODY));
        }
        boolean ruler = zero + 1 < key.length && key[zero + 1] == PLUS;
        int from = zero + (ruler ? 2 : 1);
        Kind kind = ruler ? Kind.RULER : Kind.OWN_KEYS;
        if (ruler && from == key.length) {
            return Optional.of(new MetadataKey(path, kind, Version.NOBODY));
        }
        if (key.length - from != UUID_LENGTH) {
            return Optional.empty();
        }
        return AccountKeys.uuid(key, from).map(user -> new MetadataKey(path, kind, user));
    }

    /** The first bytes of the keys of all records on a path and below it; other keys may begin alike. */
    static byte[] start(byte[] path, int length) {
        return prefix(path, length, 0);
    }

    /** All records on exactly that path. */
    static KeyRange all(byte[] path, int length) {
        byte[] to = prefix(path, length, 1);
        to[to.length - 1] = 1;
        return KeyRange.of(prefix(path, length, 0), to);
    }

    /** All records of owners of the subtree on exactly that path. */
    static KeyRange rulers(byte[] path, int length) {
        return between(path, length, PLUS, PLUS + 1);
    }

    /** All records of users for their own keys on exactly that path. */
    static KeyRange ownKeys(byte[] path, int length) {
        byte[] from = prefix(path, length, 2);
        from[from.length - 1] = PLUS + 1;
        return new KeyRange(from, all(path, length).to());
    }

    /** All records on paths below one. */
    static KeyRange below(byte[] path, int length) {
        byte[] from = prefix(path, length, length == 0 ? 0 : 1);
        if (length > 0) {
            from[from.length - 1] = '/';
        } else {
            from = all(path, 0).to().orElseThrow();
        }
        return new KeyRange(from, KeyRange.prefix(length == 0 ? prefix(path, 0, 0) : from).to());
    }

    private static KeyRange between(byte[] path, int length, int first, int behind) {
        byte[] from = prefix(path, length, 2);
        from[from.length - 1] = (byte) first;
        byte[] to = from.clone();
        to[to.length - 1] = (byte) behind;
        return KeyRange.of(from, to);
    }

    private static byte[] prefix(byte[] path, int length, int room) {
        byte[] key = new byte[AccountKeys.META_LENGTH + length + room];
        System.arraycopy(AccountKeys.METADATA.from(), 0, key, 0, AccountKeys.META_LENGTH);
        System.arraycopy(path, 0, key, AccountKeys.META_LENGTH, length);
        return key;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
