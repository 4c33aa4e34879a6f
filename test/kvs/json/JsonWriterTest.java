package kvs.json;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Texts that are written in pieces. */
class JsonWriterTest {

    private static byte[] document(int bytes) {
        return ("\"" + "x".repeat(bytes - 2) + "\"").getBytes(StandardCharsets.US_ASCII);
    }

    private static String joined(byte[][] pieces) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            all.writeBytes(piece);
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    @Test
    void keepsALongDocumentInItsOwnArray() {
        byte[] data = document(10_000);
        JsonWriter json = new JsonWriter().object().field("a", 1).name("data").raw(data).field("b", 2).end();
        byte[][] pieces = json.toLinePieces();
        assertEquals(3, pieces.length);
        assertSame(data, pieces[1]);
        String text = "{\"a\":1,\"data\":" + new String(data, StandardCharsets.US_ASCII) + ",\"b\":2}";
        assertEquals(text + "\n", joined(pieces));
        assertEquals(text, new String(json.toBytes(), StandardCharsets.US_ASCII));
        assertEquals(text + "\n", new String(json.toLine(), StandardCharsets.US_ASCII));
        assertEquals(text.length(), json.size());
    }

    @Test
    void copiesShortDocumentsAndThoseOfOneLine() {
        byte[] shorter = document(4_095);
        byte[] broken = ("[" + "\n1,".repeat(2_000) + "1]").getBytes(StandardCharsets.US_ASCII);
        byte[] before = broken.clone();
        JsonWriter json = new JsonWriter().array().raw(document(5_000)).raw(shorter).rawOneLine(broken).end();
        assertEquals(3, json.toLinePieces().length);
        assertArrayEquals(before, broken, "the document is not modified");
        assertEquals(1, joined(json.toLinePieces()).lines().count());
        assertEquals(joined(json.toLinePieces()), new String(json.toLine(), StandardCharsets.US_ASCII));
    }

    @Test
    void isStillCompleteOrABug() {
        JsonWriter open = new JsonWriter().array().raw(document(5_000));
        assertThrows(AssertionError.class, open::toLinePieces);
        open.end();
        assertThrows(AssertionError.class, () -> open.raw(document(5_000)));
    }
}
