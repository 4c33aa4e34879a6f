package kvs.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import kvs.deflate.TextChecksums;
import kvs.deflate.Texts;
import kvs.model.Dot;
import kvs.model.Key;
import kvs.model.Version;
import kvs.model.VersionIdHasher;
import kvs.sim.SimDice;
import kvs.sim.SimDisk;
import org.junit.jupiter.api.Test;

/** Long records, of which the head and the document are read apart. */
class LongRecordTest {

    private static final int AT = 64;
    private static final Key KEY = Key.of("users/john");

    private final SimDisk disk = new SimDisk(new SimDice(1));
    private final DocumentCodec codec = new DocumentCodec(3);

    private static Version version(byte[] data) {
        return new VersionIdHasher().seal(new Version(KEY, Version.NOBODY, 1_790_000_000_000L,
                new Dot(new UUID(1, 2), 3), 4, new Version.Lineage(5, 6), new UUID(7, 8), new UUID(9, 10),
                1_790_000_001_000L, false, data));
    }

    private Segment segment(ByteBuffer record) throws IOException {
        Segment segment = Segment.create(disk, new Manifest.LiveSegment(1, 99, 0), 0, 1 << 16);
        segment.append(record, AT);
        return segment;
    }

    private static ByteBuffer encoded(Version version, EncodedDocument document) {
        ByteBuffer out = ByteBuffer.allocate(1 << 21);
        Record.encode(out, 99, new Record.Put(7, version, document.raw().length, document.packed(), false),
                document.stored());
        return out.flip();
    }

    @Test
    void areReadAsTheyWereWritten() throws IOException {
        for (byte[] data : List.of(Texts.base64(20_000), Texts.base64(200_001), Texts.records(300_000))) {
            Version version = version(data);
            EncodedDocument document = codec.pack(data);
            ByteBuffer record = encoded(version, document);
            int bytes = record.limit();
            try (Segment segment = segment(record)) {
                Record.Put put = segment.readRecord(AT, bytes, KEY.bytes());
                Version back = Segment.unpacked(put, codec);
                assertArrayEquals(data, back.data());
                assertEquals(version.uuid(), new VersionIdHasher().of(back));
                assertEquals(7, put.seq());
                assertThrows(BadRecordException.class,
                        () -> segment.readRecord(AT, bytes, Key.of("users/jane").bytes()));
                assertThrows(BadRecordException.class,
                        () -> segment.readRecord(AT, bytes, Key.of("users").bytes()));
            }
        }
    }

    @Test
    void haveTheChecksumsOfTheirText() throws IOException {
        byte[] data = Texts.records(300_000);
        byte[] stored = codec.pack(data).stored();
        TextChecksums sums = codec.checksums(stored, data.length);
        assertEquals(new TextChecksums.Builder().add(data, 0, data.length).build(), sums);
        CRC32 crc = new CRC32();
        crc.update(data);
        Adler32 adler = new Adler32();
        adler.update(data);
        assertEquals(new TextChecksums(data.length, (int) crc.getValue(), (int) adler.getValue()), sums);
        for (int wrong : new int[] {0, 1, data.length - 1, data.length + 1, 2 * data.length}) {
            assertThrows(IOException.class, () -> codec.checksums(stored, wrong), wrong + " bytes");
        }
        assertThrows(IOException.class,
                () -> codec.checksums(Arrays.copyOf(stored, stored.length - 1), data.length));
        assertThrows(IOException.class,
                () -> codec.checksums(Arrays.copyOf(stored, stored.length + 1), data.length));
    }

    @Test
    void areNeverServedWithAChangedByteOrWithoutTheirEnd() throws IOException {
        byte[] data = Texts.base64(20_000);
        ByteBuffer record = encoded(version(data), EncodedDocument.plain(data));
        int bytes = record.limit();
        int length = record.getInt(4);
        try (Segment segment = segment(record)) {
            for (int i = 0; i < length; i += i < 200 ? 1 : 997) {
                ByteBuffer one = ByteBuffer.allocate(1);
                segment.file().read(one, AT + i);
                byte good = one.get(0);
                segment.file().write(ByteBuffer.wrap(new byte[] {(byte) (good ^ 4)}), AT + i);
                assertThrows(BadRecordException.class, () -> segment.readRecord(AT, bytes, KEY.bytes()),
                        "byte " + i);
                segment.file().write(ByteBuffer.wrap(new byte[] {good}), AT + i);
            }
            assertArrayEquals(data, segment.readRecord(AT, bytes, KEY.bytes()).version().data());
            assertThrows(BadRecordException.class, () -> segment.readRecord(AT, length - 1, KEY.bytes()),
                    "shorter than it says");
            segment.cut(AT + length - 1);
            assertThrows(BadRecordException.class, () -> segment.readRecord(AT, bytes, KEY.bytes()));
        }
    }

    @Test
    void mustBeVersions() throws IOException {
        ByteBuffer note = ByteBuffer.allocate(20_480);
        byte[] name = KEY.bytes();
        Record.encode(note, 99, new Record.Note(7, KEY, new byte[20_000]));
        int bytes = note.flip().limit();
        try (Segment segment = segment(note)) {
            BadRecordException bad = assertThrows(BadRecordException.class,
                    () -> segment.readRecord(AT, bytes, name));
            assertTrue(Optional.ofNullable(bad.getMessage()).orElse("").contains("not a version"),
                    bad.getMessage());
        }
    }
}
