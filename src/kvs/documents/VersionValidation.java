package kvs.documents;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.model.Version;

/**
 * Validates a version that another node sends: it must be one that a client could have written there. Times
 * are of this era, the key is a path that can be requested or a reserved one, the document is JSON. Pure
 * functions.
 */
public final class VersionValidation {

    private VersionValidation() { }

    /** Whether a version is accepted; the contents of a reserved key are validated by its owner. */
    public static boolean possible(Version version) {
        return times(version) && version.dot().seq() > 0 && key(version.key())
                && (version.deleted() || json(version.data()));
    }

    private static boolean times(Version version) {
        return time(version.timestamp()) && time(version.joined()) && time(version.lineage().prevTimestamp())
                && version.lineage().shadowsUntil() >= 0 && version.expires() >= 0;
    }

    private static boolean time(long ms) {
        return ms >= 0 && ms <= Version.TIME_MAX;
    }

    private static boolean key(Key key) {
        if (key.bytes()[0] == 0) {
            return true;
        }
        try {
            String path = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(key.bytes())).toString();
            return Key.of(path).storable().equals(key);
        } catch (CharacterCodingException | Refusal no) {
            return false;
        }
    }

    private static boolean json(byte[] data) {
        try {
            return JsonValue.parse(data).length() > 0;
        } catch (JsonException no) {
            return false;
        }
    }
}
