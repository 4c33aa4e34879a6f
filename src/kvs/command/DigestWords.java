package kvs.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The eight words of a digest, which two people read to each other on the telephone: one for each of its
 * first eight bytes, out of 256 short English words that sound different. Two words differ in two letters or
 * more, and in their first three, so that three letters are enough to spell one.
 *
 * <p>Two different digests have the same words by chance once in 2^64 (1.8 · 10^19) comparisons. That is no
 * protection from somebody who searches for two contents with the same words, which takes about 2^32 trials,
 * or for a second content with the words of a given one, 2^64: signatures are for that, the words are for
 * differences that nobody made on purpose, and for keys that somebody else would have to forge.
 *
 * <pre>
 *   00 01 02 03 04 05 06 07 …   acid acorn actor adopt agent alarm album amber
 * </pre>
 * Never change the list: two versions of the program must say the same. Pure functions.
 */
public final class DigestWords {

    /** The number of words. */
    public static final int WORDS = 8;
    private static final int LIST = 256;
    private static final List<String> ALL = read();

    private DigestWords() { }

    /** The words of a digest of at least eight bytes, with spaces between. */
    public static String of(byte[] digest) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < WORDS; i++) {
            text.append(i == 0 ? "" : " ").append(ALL.get(Byte.toUnsignedInt(digest[i])));
        }
        return text.toString();
    }

    private static List<String> read() {
        try (InputStream in = DigestWords.class.getResourceAsStream("words.txt")) {
            List<String> words = in == null ? List.of()
                    : new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
            if (words.size() != LIST) {
                throw new IllegalStateException("the jar lacks the list of words");
            }
            return words;
        } catch (IOException e) {
            throw new UncheckedIOException("the jar's list of words is unreadable", e);
        }
    }
}
