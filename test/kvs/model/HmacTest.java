package kvs.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** Compares the seals with those of RFC 4231 and of the JDK. */
class HmacTest {

    @Test
    void agreesWithTheExamplesOfTheStandard() {
        assertEquals("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
                seal("0b".repeat(20), "Hi There"));
        assertEquals("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
                seal("4a656665", "what do ya want for nothing?"));
        assertEquals("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
                seal("aa".repeat(131), "Test Using Larger Than Block-Size Key - Hash Key First"));
    }

    @Test
    void agreesWithTheJdkForKeysAndTextsOfAllLengths() throws GeneralSecurityException {
        Random random = new Random(1);
        for (int length = 1; length < 140; length++) {
            byte[] key = new byte[length];
            byte[] text = new byte[random.nextInt(300)];
            random.nextBytes(key);
            random.nextBytes(text);
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            Hmac ours = new Hmac(key);
            ours.seal(key);
            assertArrayEquals(mac.doFinal(text), ours.seal(text), length + " bytes of key");
        }
    }

    private static String seal(String key, String text) {
        return HexFormat.of().formatHex(new Hmac(HexFormat.of().parseHex(key))
                .seal(text.getBytes(StandardCharsets.US_ASCII)));
    }
}
