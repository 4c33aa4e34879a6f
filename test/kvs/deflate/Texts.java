package kvs.deflate;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.UUID;

/** JSON documents that shrink by a known share. Equal calls make equal texts. */
public final class Texts {

    private static final String BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    private Texts() { }

    /** A string of base64 digits at random: deflating it saves a quarter. */
    public static byte[] base64(int bytes) {
        return digits(bytes, BASE64);
    }

    /** A string of hexadecimal digits at random: deflating it saves two fifths at any level. */
    public static byte[] hex(int bytes) {
        return digits(bytes, BASE64.substring(48, 58) + "abcdef");
    }

    private static byte[] digits(int bytes, String alphabet) {
        SplittableRandom dice = new SplittableRandom(1);
        StringBuilder text = new StringBuilder(bytes).append('"');
        while (text.length() < bytes - 1) {
            text.append(alphabet.charAt(dice.nextInt(alphabet.length())));
        }
        return text.append('"').toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** An array of like objects with an id each, of at least that length: two thirds are saved. */
    public static byte[] records(int bytes) {
        SplittableRandom dice = new SplittableRandom(2);
        StringBuilder text = new StringBuilder(bytes).append('[');
        for (int i = 0; text.length() < bytes; i++) {
            text.append(i == 0 ? "" : ",").append("{\"id\":\"")
                    .append(new UUID(dice.nextLong(), dice.nextLong())).append("\",\"name\":\"user").append(i)
                    .append("\",\"age\":").append(dice.nextInt(90)).append(",\"email\":\"user").append(i)
                    .append("@example.com\",\"active\":").append(dice.nextInt(2) == 0).append('}');
        }
        return text.append(']').toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** An array in which the same string of base64 digits comes again and again. */
    public static byte[] repeated(int bytes, int period) {
        String one = new String(base64(period), StandardCharsets.US_ASCII);
        StringBuilder text = new StringBuilder(bytes).append('[').append(one);
        while (text.length() < bytes) {
            text.append(',').append(one);
        }
        return text.append(']').toString().getBytes(StandardCharsets.US_ASCII);
    }
}
