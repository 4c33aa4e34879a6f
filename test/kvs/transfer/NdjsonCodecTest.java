package kvs.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.auth.PermissionBits;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.model.Version;
import org.junit.jupiter.api.Test;

class NdjsonCodecTest {

    private static final UUID ANN = new UUID(7, 8);

    private static TransferItem parse(String line) {
        return NdjsonCodec.parse(line.getBytes(StandardCharsets.UTF_8), PathRenames.NONE);
    }

    private static String encode(TransferItem item) {
        return new String(NdjsonCodec.encode(item), StandardCharsets.UTF_8);
    }

    @Test
    void takesADocumentByteForByte() {
        TransferItem.DocumentItem item = (TransferItem.DocumentItem) parse(" { \"data\" : {\"a\" :"
                + " 1.50e+1,\t\"b\":\"\\u00e4ä\"} , \"path\":\"a\\/b\" } ");
        assertEquals("a/b", item.key().text());
        assertEquals("{\"a\" : 1.50e+1,\t\"b\":\"\\u00e4ä\"}",
                new String(item.json(), StandardCharsets.UTF_8));
        assertEquals(0, item.ttlMs());
        assertEquals(5_400_000,
                ((TransferItem.DocumentItem) parse("{\"path\":\"a\",\"data\":null,\"ttl\":\"1h30m\"}"))
                        .ttlMs());
        assertEquals(0,
                ((TransferItem.DocumentItem) parse("{\"path\":\"a\",\"data\":null,\"ttl\":\"0\"}")).ttlMs());
    }

    @Test
    void writesWhatItReads() {
        String[] lines = {"{\"path\":\"a/b\",\"data\":[1.0, 2]}\n",
            "{\"path\":\"ä\\\"\",\"data\":\"x\",\"ttl\":\"1m30s500ms\"}\n",
            "{\"path\":\"\",\"metadata\":{\"owner_uuid\":null,\"group_uuid\":\"" + ANN
                    + "\",\"permissions\":4095,\"permissions_text\":\"cdwr,cdwr,cdwr\"}}\n"};
        for (String line : lines) {
            assertEquals(line, encode(parse(line)));
        }
        byte[] json = "{\r\n  \"a\": 1\n}".getBytes(StandardCharsets.UTF_8);
        assertEquals("{\"path\":\"k\",\"data\":{    \"a\": 1 }}\n",
                encode(new TransferItem.DocumentItem(Key.of("k"), json, 0)));
    }

    @Test
    void takesMetadataAsTheApiShowsIt() {
        TransferItem.MetadataItem item = (TransferItem.MetadataItem) parse(
                "{\"path\":\"a\",\"metadata\":{\"owner_uuid\":\"" + ANN + "\",\"group_uuid\":null,"
                        + "\"permissions\":3840,\"permissions_text\":\"cdwr,----,----\","
                        + "\"inherited_from\":\"/\",\"created_at\":1,\"updated_at\":2}}");
        assertEquals(Optional.of(ANN), item.update().owner());
        assertEquals(Optional.of(Version.NOBODY), item.update().group());
        assertEquals(PermissionBits.parse("cdwr,----,----"), item.update().bits());
        assertEquals(item, item.portable());
        assertEquals(Optional.of(new PermissionBits(15)),
                ((TransferItem.MetadataItem) parse("{\"path\":\"a\",\"metadata\":{\"permissions\":15}}"))
                        .update().bits());
    }

    @Test
    void saysWhatIsWrong() {
        String[][] bad = {{"", "expected a value"}, {"7", "an object"}, {"{\"path\":\"a\"", "column 12"},
            {"{\"path\":\"a\"}", "'data' is missing"}, {"{\"data\":1}", "'path' is missing"},
            {"{\"path\":1,\"data\":1}", "a string"}, {"{\"path\":\"a\",\"data\":1,\"exp\":2}", "'exp'"},
            {"{\"path\":\"a\",\"path\":\"b\",\"data\":1}", "is repeated"},
            {"{\"path\":\"\",\"data\":1}", "at least one segment"},
            {"{\"path\":\"/a\",\"data\":1}", "segment is empty"},
            {"{\"path\":\"a//b\",\"data\":1}", "segment is empty"},
            {"{\"path\":\"a/../b\",\"data\":1}", "'..'"}, {"{\"path\":\"_a\",\"data\":1}", "reserved"},
            {"{\"path\":\"a/metadata\",\"data\":1}", "metadata"},
            {"{\"path\":\"\\u0000user/x\",\"data\":1}", "U+0000"},
            {"{\"path\":\"" + "a".repeat(4_097) + "\",\"data\":1}", "4096"},
            {"{\"path\":\"a\",\"data\":1,\"ttl\":90}", "a string"},
            {"{\"path\":\"a\",\"data\":1,\"ttl\":\"soon\"}", "not a duration"},
            {"{\"path\":\"a\",\"data\":1,\"ttl\":\"-1s\"}", "not a duration"},
            {"{\"path\":\"a\",\"data\":1}{", "unexpected text"},
            {"{\"path\":\"a\",\"data\":01}", "malformed number"},
            {"{\"path\":\"a\",\"data\":1,\"metadata\":{}}", "either"},
            {"{\"path\":\"a\",\"metadata\":{}}", "at least one"},
            {"{\"path\":\"a\",\"metadata\":{\"permissions\":1,\"permissions_text\":\"cdwr,----,----\"}}",
                "permissions_text differ"},
            {"{\"path\":\"a\",\"metadata\":{\"permissions\":4096}}", "twelve bits"},
            {"{\"path\":\"a\",\"metadata\":{\"permissions_text\":\"rwx\"}}", "cdwr"},
            {"{\"path\":\"a\",\"metadata\":{\"owner\":null}}", "'owner'"},
            {"{\"path\":\"a\",\"metadata\":{\"owner_uuid\":\"ann\"}}", "uuid"},
            {"{\"path\":\"_a\",\"metadata\":{\"permissions\":1}}", "reserved"},
            {"{\"path\":\"a\",\"metadata\":{\"permissions\":1},\"ttl\":\"1s\"}", "cannot have 'ttl'"},
            {"{\"path\":\"a\",\"data\":\"\\ud800\"}", "surrogate"}};
        for (String[] row : bad) {
            String why = assertThrows(Refusal.class, () -> parse(row[0]), row[0]).detail();
            assertTrue(why.contains(row[1]), row[0] + ": " + why);
        }
    }

    @Test
    void takesADocumentAsDeepAsADocumentMayBe() {
        String deep = "[".repeat(128) + "]".repeat(128);
        assertArrayEquals(deep.getBytes(StandardCharsets.UTF_8),
                ((TransferItem.DocumentItem) parse("{\"path\":\"a\",\"data\":" + deep + "}")).json());
        assertThrows(Refusal.class, () -> parse("{\"path\":\"a\",\"data\":[" + deep + "]}"));
    }

    @Test
    void renamesByTheFirstBeginningThatFits() {
        PathRenames renames = PathRenames.of(List.of("_x/=x/", "app/metadata=app/meta", "app=first",
                "app=second", "old/="), "");
        assertEquals("x/a", renames.apply("_x/a"));
        assertEquals("app/meta", renames.apply("app/metadata"));
        assertEquals("first/b", renames.apply("app/b"));
        assertEquals("b=c", renames.apply("old/b=c"));
        assertEquals("other", renames.apply("other"));
        assertEquals("all/other", PathRenames.of(List.of("=all/"), "").apply("other"));
        assertEquals("x/1", ((TransferItem.DocumentItem) NdjsonCodec.parse(
                "{\"path\":\"_x/1\",\"data\":1}".getBytes(StandardCharsets.UTF_8), renames)).key().text());
        assertThrows(IllegalArgumentException.class, () -> PathRenames.of(List.of("a"), ""));
    }
}
