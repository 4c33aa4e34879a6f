package kvs.model;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * Computes the id of a version from its content: UUIDv8 (RFC 9562) made of the first 16 bytes of SHA-256 over
 * every other field, with the version and variant bits set. Same content, same id; any difference, another
 * id; so every receiver of a record can check it end to end.
 *
 * <p>Input, each field as {@code length u32 ‖ bytes}, absent = length 2^32-1, numbers 8 bytes big-endian:
 * <pre>
 * path  timestamp  origin(16)  seq  joined  prev_timestamp  shadows_until
 * author(16)?  owner(16)?  expires?  deleted(1)?  data?
 * </pre>
 * Never change this input: ids are in every log and on every node. Not thread-safe: one for each thread.
 */
public final class VersionIdHasher {

    private static final int ABSENT = -1;
    private static final int FIXED_MAX = 12 * 4 + 6 * 8 + 3 * 16 + 8 + 1;
    private static final long VERSION_8 = 0x8000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private final MessageDigest sha256;
    private final ByteBuffer head = ByteBuffer.allocate(FIXED_MAX + Key.BYTES_MAX);

    /** A hasher with buffers of its own. */
    public VersionIdHasher() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /** The id of {@code version}, whatever its {@code uuid} field contains. */
    public UUID of(Version version) {
        head.clear();
        field(version.key().bytes());
        number(version.timestamp());
        id(version.dot().origin());
        number(version.dot().seq());
        number(version.joined());
        number(version.lineage().prevTimestamp());
        number(version.lineage().shadowsUntil());
        user(version.author());
        user(version.owner());
        expiry(version.expires());
        if (version.deleted()) {
            head.putInt(1).put((byte) 1).putInt(ABSENT);
        } else {
            head.putInt(ABSENT).putInt(version.data().length);
        }
        sha256.update(head.array(), 0, head.position());
        if (!version.deleted()) {
            sha256.update(version.data());
        }
        return uuid(ByteBuffer.wrap(sha256.digest()));
    }

    /** {@code version} with its id. */
    public Version seal(Version version) {
        return version.withUuid(of(version));
    }

    private static UUID uuid(ByteBuffer hash) {
        long high = hash.getLong() & ~0xf000L | VERSION_8;
        long low = hash.getLong() & 0x3fff_ffff_ffff_ffffL | VARIANT;
        return new UUID(high, low);
    }

    private void field(byte[] bytes) {
        head.putInt(bytes.length).put(bytes);
    }

    private void number(long value) {
        head.putInt(Long.BYTES).putLong(value);
    }

    private void id(UUID id) {
        head.putInt(2 * Long.BYTES).putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits());
    }

    private void user(UUID user) {
        if (user.equals(Version.NOBODY)) {
            head.putInt(ABSENT);
        } else {
            id(user);
        }
    }

    private void expiry(long expires) {
        if (expires == Version.FOREVER) {
            head.putInt(ABSENT);
        } else {
            number(expires);
        }
    }
}
