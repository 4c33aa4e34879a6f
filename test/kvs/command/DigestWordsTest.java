package kvs.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import kvs.model.NameSuggestion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The words of digests: every version of the program says the same. */
class DigestWordsTest {

    @ParameterizedTest
    @CsvSource({"0001020304050607, acid acorn actor adopt agent alarm album amber",
        "0000000000000000, acid acid acid acid acid acid acid acid",
        "ffffffffffffffff, zinc zinc zinc zinc zinc zinc zinc zinc",
        "807f407fff00ff01, kettle kernel dagger kernel zinc acid zinc acorn",
        "00010203040506070809, acid acorn actor adopt agent alarm album amber"})
    void wordsOfADigest(String digest, String words) {
        assertEquals(words, DigestWords.of(HexFormat.of().parseHex(digest)));
    }

    @Test
    void everyByteHasAWordThatSoundsLikeNoOther() {
        Set<String> starts = new TreeSet<>();
        List<String> words = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            byte[] digest = new byte[8];
            digest[7] = (byte) i;
            String word = DigestWords.of(digest).substring("acid ".length() * 7);
            assertTrue(word.matches("[a-z]{4,7}"), word);
            assertTrue(starts.add(word.substring(0, 3)), word);
            assertTrue(words.stream().allMatch(other -> NameSuggestion.distance(word, other) > 1), word);
            words.add(word);
        }
        assertEquals(words.stream().sorted().toList(), words);
    }

    @Test
    void shortDigestHasNoWords() {
        assertThrows(IndexOutOfBoundsException.class, () -> DigestWords.of(new byte[7]));
    }
}
