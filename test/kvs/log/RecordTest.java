package kvs.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.zip.Deflater;
import kvs.deflate.Texts;
import kvs.model.Dot;
import kvs.model.Key;
import kvs.model.Version;
import kvs.model.VersionIdHasher;
import kvs.model.VersionRank;
import kvs.sim.Depth;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The frozen format of records, and what is refused in it. */
class RecordTest {

    private static final long SALT = 0x1122334455667788L;
    private final DocumentCodec codec = new DocumentCodec(3);

    private static Version version(byte[] data) {
        return new VersionIdHasher().seal(new Version(Key.of("users/john"), Version.NOBODY,
                1_790_000_000_000L, new Dot(new UUID(1, 2), 3), 4,
                new Version.Lineage(5, 6), new UUID(7, 8), new UUID(9, 10), 1_790_000_001_000L, false, data));
    }

    private static ByteBuffer encoded(Version version, EncodedDocument document) {
        ByteBuffer out = ByteBuffer.allocate(1 << 21);
        Record.encode(out, SALT, new Record.Put(77, version, document.raw().length, document.packed(), false),
                document.stored());
        return out.flip();
    }

    @Test
    void keepsEveryFieldOfAVersion() throws IOException {
        for (int size : new int[] {1, 7, 600, 1_000_000}) {
            EncodedDocument document = codec.pack("x".repeat(size)
                    .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            Version version = version(document.raw());
            ByteBuffer bytes = encoded(version, document);
            assertEquals(0, bytes.limit() % 8);
            var put = assertInstanceOf(Record.Put.class, Record.decode(bytes, 0, bytes.limit(), SALT));
            assertEquals(77, put.seq());
            Version back = Segment.unpacked(put, codec);
            assertArrayEquals(version.data(), back.data());
            assertEquals(version.uuid(), new VersionIdHasher().of(back));
            assertEquals(version.rank(), back.rank());
            assertEquals(size > 511, put.packed());
        }
    }

    @Test
    void keepsAPurge() throws IOException {
        Record.Purge purge = new Record.Purge(9, Key.of("a"), new VersionRank(1, 2, 3, 4));
        ByteBuffer out = ByteBuffer.allocate(200);
        Record.encode(out, SALT, purge);
        assertEquals(purge, Record.decode(out, 0, out.position(), SALT));
    }

    /** A document may hold the bytes of a record: without the salt of the segment it is none. */
    @Test
    void cannotBeForgedWithoutTheSalt() {
        ByteBuffer bytes = encoded(version(new byte[] {'1'}), EncodedDocument.plain(new byte[] {'1'}));
        assertThrows(BadRecordException.class, () -> Record.decode(bytes, 0, bytes.limit(), SALT + 1));
    }

    @Test
    void refusesAnyChangedBitAndAnyCut() {
        ByteBuffer bytes = encoded(version(new byte[] {'1', '2', '3'}),
                EncodedDocument.plain(new byte[] {'1', '2', '3'}));
        int length = bytes.getInt(4);
        for (int bit = 0; bit < 8 * length; bit++) {
            int at = bit / 8;
            int mask = 1 << bit % 8;
            bytes.put(at, (byte) (bytes.get(at) ^ mask));
            assertThrows(BadRecordException.class, () -> Record.decode(bytes, 0, bytes.limit(), SALT),
                    "bit " + bit);
            bytes.put(at, (byte) (bytes.get(at) ^ mask));
        }
        for (int limit = 0; limit < length; limit++) {
            int most = limit;
            assertThrows(BadRecordException.class, () -> Record.decode(bytes, 0, most, SALT),
                    "limit " + limit);
        }
    }

    @Tag(Depth.DEEP)
    @Test
    void neverFailsOtherwiseForGarbageWithARightChecksum() {
        SplittableRandom random = new SplittableRandom(1);
        int taken = 0;
        for (int i = 0; i < Depth.of(4_000, 20_000); i++) {
            ByteBuffer bytes = encoded(version(new byte[] {'1'}), EncodedDocument.plain(new byte[] {'1'}));
            int length = bytes.getInt(4);
            for (int j = 0; j < 3; j++) {
                bytes.put(12 + random.nextInt(length - 12), (byte) random.nextInt(256));
            }
            seal(bytes, length);
            try {
                taken += Record.decode(bytes, 0, bytes.limit(), SALT).key().bytes().length > 0 ? 1 : 0;
            } catch (BadRecordException expected) {
                assertFalse(expected.getMessage().isEmpty());
            }
        }
        assertTrue(taken > 1_000, "taken " + taken);
    }

    private static void seal(ByteBuffer bytes, int length) {
        var crc = Checksum.salted(SALT);
        crc.update(bytes.duplicate().position(0).limit(8));
        crc.update(bytes.duplicate().limit(length).position(12));
        bytes.putInt(8, (int) crc.getValue());
    }

    @Test
    void refusesABombBeforeItIsInflated() {
        Deflater deflater = new Deflater(9, true);
        deflater.setInput(new byte[64 << 20]);
        deflater.finish();
        byte[] bomb = new byte[1 << 20];
        int bytes = deflater.deflate(bomb);
        deflater.end();
        byte[] stored = java.util.Arrays.copyOf(bomb, bytes);
        Version version = version(new byte[] {'1'});
        ByteBuffer absurd = encoded(version, new EncodedDocument(new byte[Record.DOCUMENT_MAX + 1], stored));
        assertThrows(BadRecordException.class, () -> Record.decode(absurd, 0, absurd.limit(), SALT));
        assertThrows(IOException.class, () -> codec.unpack(stored, 1_000),
                "it says 1,000 bytes and has more");
        assertThrows(IOException.class, () -> codec.unpack(new byte[] {3, 0}, 10),
                "it says 10 bytes and has none");
        assertThrows(IOException.class, () -> codec.unpack(new byte[] {1, 2, 3, 4}, 10));
    }

    @Test
    void packsOnlyWhatSavesAnEighth() throws IOException {
        byte[] noise = new byte[4_000];
        new SplittableRandom(2).nextBytes(noise);
        assertFalse(codec.pack(noise).packed());
        assertFalse(codec.pack(new byte[511]).packed());
        EncodedDocument packed = codec.pack(new byte[4_000]);
        assertTrue(packed.packed() && packed.stored().length < 100);
        assertArrayEquals(packed.raw(), codec.unpack(packed.stored(), 4_000));
        assertFalse(new DocumentCodec(0).pack(new byte[4_000]).packed());
    }

    @Test
    void packsALongDocumentByWhatASampleSaves() throws IOException {
        byte[] blob = Texts.base64(1 << 20);
        assertFalse(codec.pack(blob).packed(), "it would save a quarter");
        byte[] shorter = Texts.base64(8_000);
        assertTrue(codec.pack(shorter).packed(), "a short one need not save more than an eighth");
        byte[] records = Texts.records(1 << 20);
        EncodedDocument packed = codec.pack(records);
        assertTrue(packed.stored().length <= records.length * 2 / 5, packed.stored().length + " bytes");
        assertArrayEquals(records, codec.unpack(packed.stored(), records.length));
        EncodedDocument small = new DocumentCodec(19).pack(records);
        assertTrue(small.stored().length < packed.stored().length);
        assertArrayEquals(records, codec.unpack(small.stored(), records.length));
    }
}
