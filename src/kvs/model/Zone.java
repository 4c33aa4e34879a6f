package kvs.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A set of keys that travels between sites as one unit: some paths with everything below them, or the
 * accounts. The metadata of a path is in the zone of the path. Users, groups, tokens, and what was revoked,
 * are the zone {@value #ACCOUNTS}. What a site knows of itself is in no zone, and never travels.
 *
 * <pre>
 *   definition    UTF-8, for each path, ascending as unsigned bytes: the path, LF; the root is "/".
 *                 The accounts are the one path "_accounts", which no key can have.
 *   id            UUIDv8(SHA-256("kvs zone id 1", definition))
 *   derived(o)    UUIDv8(SHA-256("kvs zone 1", id(16), origin o(16)))
 * </pre>
 * A zone is its definition: two sites that define it alike have the same id. UUIDv8 is the first 16 bytes of
 * the hash, with the bits of version and variant set. Never change these rules.
 *
 * @param paths the paths, ascending; the root is empty
 */
public record Zone(List<String> paths) {

    /** The name of the zone of accounts. */
    public static final String ACCOUNTS = "_accounts";
    /** The root as people write it. */
    public static final String ROOT = "/";
    /** The largest number of paths in a zone. */
    public static final int PATHS_MAX = 64;
    /** The longest definition, bytes. */
    public static final int DEFINITION_MAX = 1 << 16;

    private static final List<String> ACCOUNT_KINDS =
            List.of("\0gone/", "\0group/", "\0member/", "\0revoked/", "\0token/", "\0user/");
    private static final byte[] METADATA = "\0meta/".getBytes(StandardCharsets.UTF_8);

    /** A zone whose paths are in order, and valid. */
    public Zone {
        paths = List.copyOf(paths);
    }

    /**
     * The zone of these paths, in any order, as people write them: {@code /} for the root, {@value #ACCOUNTS}
     * for the accounts.
     *
     * @throws Refusal {@code BAD_KEY} when there is none, a path is no key, or one is below another
     */
    public static Zone of(Collection<String> written) {
        List<String> paths = written.stream().map(path -> path.equals(ROOT) ? "" : path)
                .sorted((a, b) -> Arrays.compareUnsigned(bytes(a), bytes(b))).toList();
        boolean accounts = paths.equals(List.of(ACCOUNTS));
        for (int i = 0; i < paths.size() && !accounts; i++) {
            String path = paths.get(i);
            if (!path.isEmpty() && Key.of(path).reserved()) {
                throw bad("'" + path + "' cannot be a path of a zone: names that start with '_' are reserved;"
                        + " the zone of accounts is " + ACCOUNTS + " alone");
            }
            if (paths.subList(0, i).stream().anyMatch(other -> touches(other, path))) {
                throw bad("the path '" + path + "' is in the zone twice: name only the upper one");
            }
        }
        if (paths.isEmpty() || paths.size() > PATHS_MAX || definition(paths).length > DEFINITION_MAX) {
            throw bad("a zone has 1 to " + PATHS_MAX + " paths");
        }
        return new Zone(paths);
    }

    /** The zone with that definition; empty when it is none in its one valid form. */
    public static Optional<Zone> decode(byte[] definition) {
        String text = new String(definition, StandardCharsets.UTF_8);
        if (definition.length > DEFINITION_MAX || !text.endsWith("\n")) {
            return Optional.empty();
        }
        try {
            Zone zone = of(lines(text));
            return Arrays.equals(zone.definition(), definition) ? Optional.of(zone) : Optional.empty();
        } catch (Refusal invalid) {
            return Optional.empty();
        }
    }

    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        for (int at = 0; at < text.length() && lines.size() <= PATHS_MAX; ) {
            int end = text.indexOf('\n', at);
            lines.add(text.substring(at, end));
            at = end + 1;
        }
        return lines;
    }

    /** Whether this is the zone of accounts. */
    public boolean isAccounts() {
        return paths.equals(List.of(ACCOUNTS));
    }

    /** The definition as it travels. */
    public byte[] definition() {
        return definition(paths);
    }

    private static byte[] definition(List<String> paths) {
        StringBuilder text = new StringBuilder();
        paths.forEach(path -> text.append(path.isEmpty() ? ROOT : path).append('\n'));
        return bytes(text.toString());
    }

    /** The id of the zone, the same at every site. */
    public UUID id() {
        return uuid(bytes("kvs zone id 1"), definition());
    }

    /**
     * The origin under which the coverage of this zone is kept beside that of all keys. A bundle never raises
     * the number of the origin itself, because it brings only a part of its versions.
     */
    public UUID derived(UUID origin) {
        return uuid(bytes("kvs zone 1"), bytes(id()), bytes(origin));
    }

    /**
     * The coverage of this zone: of each of those origins the larger of its own number and of the derived
     * one.
     *
     * @param vector the coverage of the node
     * @param origins the origins of versions
     */
    public Coverage coverage(Coverage vector, Collection<UUID> origins) {
        Coverage covered = Coverage.NONE;
        for (UUID origin : origins) {
            long number = Math.max(vector.of(origin), vector.of(derived(origin)));
            covered = number > 0 ? covered.with(origin, number) : covered;
        }
        return covered;
    }

    /** Whether the two have no key in common, or are the same. The zones of a site must all be so. */
    public boolean equalOrDisjoint(Zone other) {
        return equals(other) || isAccounts() || other.isAccounts() || paths.stream()
                .noneMatch(path -> other.paths.stream().anyMatch(theirs -> touches(path, theirs)));
    }

    /** Whether a key, reserved or not, is in this zone. */
    public boolean contains(byte[] key) {
        boolean reserved = key[0] == 0;
        if (isAccounts()) {
            return reserved && ACCOUNT_KINDS.stream().anyMatch(kind -> startsWith(key, 0, bytes(kind)));
        }
        if (!reserved) {
            return paths.stream().anyMatch(path -> below(key, 0, key.length, bytes(path)));
        }
        if (!startsWith(key, 0, METADATA)) {
            return false;
        }
        int end = METADATA.length;
        while (end < key.length && key[end] != 0) {
            end++;
        }
        int to = end;
        return paths.stream().anyMatch(path -> below(key, METADATA.length, to, bytes(path)));
    }

    /** The paths as people write them, with commas between. */
    @Override
    public String toString() {
        return String.join(",", paths.stream().map(path -> path.isEmpty() ? ROOT : path).toList());
    }

    /** The first bytes of the kinds of records that the accounts are made of, ascending. */
    public static List<String> accountKinds() {
        return ACCOUNT_KINDS;
    }

    /** Whether the bytes of {@code key} in that range are a path, or below it. */
    private static boolean below(byte[] key, int from, int to, byte[] path) {
        return path.length == 0 || to - from >= path.length && startsWith(key, from, path)
                && (to - from == path.length || key[from + path.length] == '/');
    }

    private static boolean startsWith(byte[] key, int from, byte[] start) {
        return key.length >= from + start.length
                && Arrays.equals(key, from, from + start.length, start, 0, start.length);
    }

    /** Whether one path is the other, or below it. */
    private static boolean touches(String a, String b) {
        byte[] one = bytes(a);
        byte[] two = bytes(b);
        return below(one, 0, one.length, two) || below(two, 0, two.length, one);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16).putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits()).array();
    }

    private static UUID uuid(byte[]... parts) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                sha256.update(part);
            }
            ByteBuffer hash = ByteBuffer.wrap(sha256.digest());
            return new UUID(hash.getLong() & 0xffff_ffff_ffff_0fffL | 0x8000L,
                    hash.getLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private static Refusal bad(String detail) {
        return new Refusal(Reason.BAD_KEY, detail);
    }
}
