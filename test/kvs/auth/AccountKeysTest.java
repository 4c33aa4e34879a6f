package kvs.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import kvs.model.Key;
import kvs.model.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccountKeysTest {

    private static final UUID A = UUID.fromString("01234567-89ab-cdef-fedc-ba9876543210");
    private static final UUID B = new UUID(0, -1);

    private static String text(Key key) {
        return key.text().replace('\0', '!');
    }

    /** They are in every directory: whatever writes them must write the same. */
    @Test
    void namesNeverChange() {
        assertEquals("!gone/" + A, text(AccountKeys.gone(A)));
        assertEquals("!group/" + A, text(AccountKeys.group(A)));
        assertEquals("!member/" + A + "/" + B, text(AccountKeys.member(A, B)));
        assertEquals("!revoked/" + B, text(AccountKeys.revoked(B)));
        assertEquals("!token/" + B + "/" + A, text(AccountKeys.token(B, A)));
        assertEquals("!user/" + B, text(AccountKeys.user(B)));
        assertEquals(Optional.of(A),
                AccountKeys.last(AccountKeys.members(B), AccountKeys.member(B, A).bytes()));
        assertEquals(Optional.of(new Tokens.TokenCursor(B, A)),
                AccountKeys.token(AccountKeys.token(B, A).bytes()));
        assertEquals("!meta/a/b", text(key("a/b", MetadataKey.Kind.ADMINISTRATORS, Version.NOBODY)));
        assertEquals("!meta/a/b!+" + B, text(key("a/b", MetadataKey.Kind.RULER, B)));
        assertEquals("!meta/!+", text(key("", MetadataKey.Kind.RULER, Version.NOBODY)));
        assertEquals("!meta/a/b!" + A, text(key("a/b", MetadataKey.Kind.OWN_KEYS, A)));
        for (MetadataKey.Kind kind : MetadataKey.Kind.values()) {
            MetadataKey slot = MetadataKey.of(key("a", kind,
                    kind == MetadataKey.Kind.ADMINISTRATORS ? Version.NOBODY : A).bytes()).orElseThrow();
            assertEquals(kind, slot.kind());
            assertEquals("a", new String(slot.path(), StandardCharsets.UTF_8));
        }
    }

    private static Key key(String path, MetadataKey.Kind kind, UUID user) {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        return MetadataKey.key(bytes, bytes.length, kind, user).orElseThrow();
    }

    /**
     * A peer can send anything: no key of another shape is taken for one of ours, nor stops whoever reads the
     * others.
     */
    @ParameterizedTest
    @ValueSource(strings = {"!meta/a!", "!meta/a!x", "!meta/a!+x", "!meta/a!!",
            "!meta/!01234567-89ab-cdef-fedc-ba987654321",
        "!meta/a!01234567-89AB-cdef-fedc-ba9876543210", "!meta/a!++1234567-89ab-cdef-fedc-ba9876543210"})
    void foreignKeysAreNoSlots(String key) {
        assertEquals(Optional.empty(),
                MetadataKey.of(key.replace('!', '\0').getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"!user/x", "!user/", "!user/01234567-89ab-cdef-fedc-ba98765432100",
            "!user/0123456789abcdeffedcba9876543210zzzz"})
    void foreignKeysAreNoUsers(String key) {
        assertEquals(Optional.empty(),
                AccountKeys.last(AccountKeys.USERS, key.replace('!', '\0').getBytes(StandardCharsets.UTF_8)));
        assertEquals(Optional.empty(),
                AccountKeys.token(key.replace('!', '\0').replace("user", "token")
                .getBytes(StandardCharsets.UTF_8)));
    }
}
