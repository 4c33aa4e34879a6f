package kvs.auth;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.model.Hkdf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JwtTest {

    private static final byte[] KEY = Hkdf.key(
            "a secret that is long enough ....".getBytes(StandardCharsets.US_ASCII), "kvs jwt 1 kvs");
    private static final byte[] OLD = Hkdf.key(
            "the secret before that one ......".getBytes(StandardCharsets.US_ASCII), "kvs jwt 1 kvs");
    private static final String HEADER = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
    private static final UUID USER = UUID.fromString("11111111-1111-4111-8111-111111111111");
    private static final UUID ID = UUID.fromString("22222222-2222-4222-8222-222222222222");
    private static final Jwt.Claims CLAIMS = new Jwt.Claims(USER, ID, 1_000, 2_000, List.of("read", "write"));

    private final Jwt jwt = new Jwt("kvs/kvs", List.of(KEY, OLD));
    private final String good = jwt.sign(CLAIMS);

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A token with a right signature over whatever it says. */
    private static String signed(String header, String payload, byte[] key) {
        String text = base64(header) + "." + base64(payload);
        return text + "." + Base64.getUrlEncoder().withoutPadding()
                .encodeToString(Hkdf.hmac(key, text.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String payload(String exp) {
        return "{\"iss\":\"kvs/kvs\",\"sub\":\"" + USER + "\",\"jti\":\"" + ID + "\",\"iat\":1000," + exp
                + "\"scopes\":[\"read\"]}";
    }

    @Test
    void saysWhatWasSigned() {
        assertEquals(Optional.of(CLAIMS), jwt.verify(good));
        assertEquals(List.of("read"), jwt.verify(signed(HEADER, payload("\"exp\":2000,"), KEY))
                .orElseThrow().scopes());
    }

    @Test
    void everyListedSecretVerifiesAndTheFirstSigns() {
        assertEquals(Optional.of(CLAIMS), jwt.verify(new Jwt("kvs/kvs", List.of(OLD)).sign(CLAIMS)));
        assertEquals(Optional.of(CLAIMS), new Jwt("kvs/kvs", List.of(KEY)).verify(good));
        assertEquals(Optional.empty(), new Jwt("kvs/kvs", List.of(OLD)).verify(good));
        assertEquals(Optional.empty(), new Jwt("kvs/other", List.of(KEY)).verify(good));
    }

    @Test
    void everyBitOfItMatters() {
        byte[] bytes = good.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < bytes.length * 8; i++) {
            byte[] changed = bytes.clone();
            changed[i / 8] ^= (byte) (1 << i % 8);
            assertEquals(Optional.empty(),
                    jwt.verify(new String(changed, StandardCharsets.ISO_8859_1)), "bit " + i);
        }
        for (int length = 0; length < good.length(); length++) {
            assertEquals(Optional.empty(), jwt.verify(good.substring(0, length)));
        }
    }

    /** Signed with the right key: it is the header itself that is not believed. */
    @ParameterizedTest
    @ValueSource(strings = {"{\"alg\":\"none\",\"typ\":\"JWT\"}",
        "{\"alg\":\"None\"}", "{\"alg\":\"HS384\",\"typ\":\"JWT\"}", "{\"alg\":\"RS256\",\"typ\":\"JWT\"}",
        "{\"alg\":\"hs256\",\"typ\":\"JWT\"}", "{\"alg\":\"ES256\"}", "{}", "", "[]",
        "{\"typ\":\"JWT\",\"alg\":\"HS256\"}",
        "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"../../dev/null\"}",
        "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"jku\":\"http://x/\"}",
        "{\"alg\":\"HS256\",\"jwk\":{\"kty\":\"oct\",\"k\":\"\"},\"typ\":\"JWT\"}",
        "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"crit\":[\"exp\"]}",
        "{\"alg\":\"HS256\",\"alg\":\"HS256\",\"typ\":\"JWT\"}", "{\"alg\":\"HS256\",\"typ\":\"JWT\" }"})
    void onlyOurOwnHeaderIsTaken(String header) {
        assertEquals(Optional.empty(), jwt.verify(signed(header, payload("\"exp\":2000,"), KEY)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"exp\":\"2000\",", "\"exp\":-1,",
        "\"exp\":1e3,", "\"exp\":2000.5,", "\"exp\":99999999999999999999,", "\"exp\":9223372036854775807,",
        "\"exp\":1000,", "\"exp\":999,", "\"exp\":null,", "\"exp\":true,", "\"exp\":[2000],",
        "\"exp\":2000,\"exp\":9000,", "\"exp\":31623401,", "\"exp\":2000,\"nbf\":1,"})
    void theEndMustBeThereAndPossible(String exp) {
        assertEquals(Optional.empty(), jwt.verify(signed(HEADER, payload(exp), KEY)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"iss\":\"kvs/other\",\"sub\":\"11111111-1111-4111-8111-111111111111\",\"jti\":"
            + "\"22222222-2222-4222-8222-222222222222\",\"iat\":1,\"exp\":2,\"scopes\":[]}", "null",
        "[]", "{}", "{\"iss\":\"kvs/kvs\"}", "x",
        "{\"iss\":\"kvs/kvs\",\"sub\":\"1-1-1-1-1\",\"jti\":\"22222222-2222-4222-8222-222222222222\","
                + "\"iat\":1,\"exp\":2,\"scopes\":[]}",
        "{\"iss\":\"kvs/kvs\",\"sub\":\"11111111-1111-4111-8111-111111111111\",\"jti\":\"x\",\"iat\":"
                + "1,\"exp\":2,\"scopes\":[]}",
        "{\"iss\":\"kvs/kvs\",\"sub\":\"11111111-1111-4111-8111-111111111111\",\"jti\":"
                + "\"22222222-2222-4222-8222-222222222222\","
                + "\"iat\":1,\"exp\":2,\"scopes\":\"admin\"}"})
    void claimsMustBeOurs(String payload) {
        assertEquals(Optional.empty(), jwt.verify(signed(HEADER, payload, KEY)));
    }

    @Test
    void keysOfOtherKindsDoNotVerify() {
        for (byte[] key : List.of(new byte[1],
                new byte[32], "a secret that is long enough ....".getBytes(StandardCharsets.US_ASCII),
                "-----BEGIN PUBLIC KEY-----".getBytes(StandardCharsets.US_ASCII))) {
            assertEquals(Optional.empty(), jwt.verify(signed(HEADER, payload("\"exp\":2000,"), key)));
        }
    }

    @Test
    void thereIsOneTextForEachToken() {
        String[] parts = good.split("\\.");
        assertEquals(Optional.empty(), jwt.verify(good + "="));
        assertEquals(Optional.empty(), jwt.verify(parts[0] + "=." + parts[1] + "." + parts[2]));
        assertEquals(Optional.empty(), jwt.verify(good + "."));
        assertEquals(Optional.empty(), jwt.verify(good + ".x"));
        assertEquals(Optional.empty(), jwt.verify(good + "\n"));
        assertEquals(Optional.empty(), jwt.verify(" " + good));
        assertEquals(Optional.empty(), jwt.verify(good.replace('-', '+').replace('_', '/') + " "));
        assertEquals(Optional.empty(), jwt.verify(parts[0] + "." + parts[1] + "."));
        assertEquals(Optional.empty(), jwt.verify(".."));
        assertEquals(Optional.empty(), jwt.verify(""));
        // The last letter of a signature holds two bits that decode to nothing.
        String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        char last = good.charAt(good.length() - 1);
        int twins = 0;
        for (char other : letters.toCharArray()) {
            boolean same = jwt.verify(good.substring(0, good.length() - 1) + other).isPresent();
            twins += same ? 1 : 0;
            assertEquals(other == last, same);
        }
        assertEquals(1, twins);
    }

    @Test
    void aMegabyteIsRefusedBeforeItIsLookedAt() {
        assertEquals(Optional.empty(), jwt.verify(good + "x".repeat(1 << 20)));
        assertEquals(Optional.empty(), jwt.verify(".".repeat(1 << 20)));
    }

    /** RFC 5869, test case 3 (no salt, no info), its first 32 bytes. */
    @Test
    void derivesKeysByTheRfc() {
        byte[] secret = HexFormat.of().parseHex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b");
        assertArrayEquals(HexFormat.of().parseHex(
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"), Hkdf.key(secret, ""));
        assertNotEquals(HexFormat.of().formatHex(Hkdf.key(secret, "a")), HexFormat.of()
                .formatHex(Hkdf.key(secret, "b")));
    }

    @Test
    void isShortEnoughForAHeader() {
        assertTrue(good.length() < 400, good.length() + " characters");
    }
}
