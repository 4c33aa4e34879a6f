package kvs.transfer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;

/**
 * The rule between values of other stores, which are bytes, and documents, which are JSON:
 * <pre>
 *   bytes             document
 *   5432              5432                  JSON stays as it is, without the white space around it
 *   postgres://db     "postgres://db"       other text in UTF-8 becomes a string
 *   ff fe             {"base64":"//4="}     other bytes
 * </pre>
 * The way back gives the same bytes, but for JSON strings in quotes, which lose them: most stores hold plain
 * text. A string that would come back as something else, such as {@code "5432"}, keeps its quotes; so
 * {@code decode(encode(document))} is the document.
 *
 * @param json the document
 * @param note what has changed, if anything
 */
record ForeignValue(byte[] json, Optional<EntryNote> note) {

    private static final String BASE64 = "base64";

    /** The document for a value. */
    static ForeignValue decode(byte[] value) {
        Optional<byte[]> json = json(value);
        if (json.isPresent()) {
            return new ForeignValue(json.get(), Optional.empty());
        }
        return new ForeignValue(string(value), Optional.of(text(value).isPresent() ? EntryNote.TEXT
                : EntryNote.BINARY));
    }

    /** The JSON of bytes that are the text of a string, or are not: a string or the object of the base64. */
    static byte[] string(byte[] value) {
        JsonWriter json = new JsonWriter();
        Optional<String> text = text(value);
        if (text.isPresent()) {
            json.value(text.get());
        } else {
            json.object().field(BASE64, Base64.getEncoder().encodeToString(value)).end();
        }
        return json.toBytes();
    }

    /** The value for a document. */
    static byte[] encode(byte[] json) {
        try {
            JsonValue value = JsonValue.parse(json);
            if (value.kind() == JsonValue.Kind.STRING) {
                byte[] plain = value.string(json.length).getBytes(StandardCharsets.UTF_8);
                return json(plain).isPresent() ? value.raw() : plain;
            }
            return value.kind() == JsonValue.Kind.OBJECT && value.exactly(List.of(BASE64))
                    ? binary(value).orElse(value.raw()) : value.raw();
        } catch (JsonException e) {
            throw new AssertionError("a document that is no JSON", e);
        }
    }

    /** The bytes of such an object, if it means bytes that are no text. */
    private static Optional<byte[]> binary(JsonValue object) throws JsonException {
        JsonValue text = object.field(BASE64).orElseThrow();
        if (text.kind() != JsonValue.Kind.STRING) {
            return Optional.empty();
        }
        return base64(text.string(object.length())).filter(bytes -> text(bytes).isEmpty()
                && Arrays.equals(string(bytes), object.raw()));
    }

    /** The bytes of a text in base64; empty when it is none. */
    static Optional<byte[]> base64(String text) {
        try {
            return Optional.of(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The text of bytes; empty when they are not UTF-8. */
    static Optional<String> text(byte[] bytes) {
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return Optional.of(text.toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static Optional<byte[]> json(byte[] value) {
        try {
            return Optional.of(JsonValue.parse(value).raw());
        } catch (JsonException e) {
            return Optional.empty();
        }
    }
}
