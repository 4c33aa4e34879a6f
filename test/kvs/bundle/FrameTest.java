package kvs.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import kvs.log.DocumentCodec;
import kvs.log.EncodedDocument;
import kvs.log.Record;
import kvs.log.ReplicatedVersion;
import kvs.model.Dot;
import kvs.model.Key;
import kvs.model.Version;
import kvs.model.VersionIdHasher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The records of a frame: what is encoded is decoded, and nothing else is. */
class FrameTest {

    private static final UUID[] USERS = {Version.NOBODY, new UUID(1, 1), new UUID(-1, -2), new UUID(5, 6)};

    private final Random random = new Random(5);
    private final VersionIdHasher ids = new VersionIdHasher();
    private final DocumentCodec codec = new DocumentCodec(6);
    private final FrameEncoder encoder = new FrameEncoder();
    private final FrameDecoder decoder = new FrameDecoder(codec, ids);

    @AfterEach
    void closes() {
        encoder.close();
        decoder.close();
        codec.close();
    }

    private long number() {
        return switch (random.nextInt(5)) {
            case 0 -> 0;
            case 1 -> Long.MAX_VALUE;
            case 2 -> random.nextLong() >>> 1;
            default -> 1_700_000_000_000L + random.nextInt(1_000_000);
        };
    }

    private Record.Put put(String key) {
        boolean deleted = random.nextInt(5) == 0;
        byte[] data = deleted ? new byte[0] : ("\"" + "text ".repeat(random.nextInt(300)) + random.nextInt()
                + "\"").getBytes(StandardCharsets.UTF_8);
        Version version = ids.seal(new Version(Key.ofBytes(key.getBytes(StandardCharsets.UTF_8)),
                Version.NOBODY, number(), new Dot(USERS[1 + random.nextInt(3)], number()), number(),
                new Version.Lineage(number(), number()), USERS[random.nextInt(4)], USERS[random.nextInt(4)],
                random.nextBoolean() ? Version.FOREVER : number(), deleted, data));
        EncodedDocument document = codec.pack(data);
        return document.packed() ? new Record.Put(1, new Version(version.key(), version.uuid(),
                version.timestamp(), version.dot(), version.joined(), version.lineage(), version.author(),
                version.owner(), version.expires(), deleted, document.stored()), data.length, true, false)
                : new Record.Put(1, version, data.length, false, false);
    }

    private List<Record.Put> puts(int count) {
        List<Record.Put> puts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            puts.add(put("path/" + random.nextInt(1_000_000) + (i % 7 == 0 ? "/länger" : "")));
        }
        return puts;
    }

    /** The versions of a frame; empty when it is malformed. */
    private Optional<List<ReplicatedVersion>> decoded(byte[] frame) {
        ByteBuffer in = ByteBuffer.wrap(frame);
        in.getInt();
        int records = in.getInt();
        if (!decoder.begin(in)) {
            return Optional.empty();
        }
        List<ReplicatedVersion> versions = new ArrayList<>();
        for (int i = 0; i < records; i++) {
            Optional<ReplicatedVersion> next = decoder.next();
            if (next.isEmpty()) {
                return Optional.empty();
            }
            versions.add(next.get());
        }
        return decoder.isComplete() ? Optional.of(versions) : Optional.empty();
    }

    @Test
    void everythingOfAVersionIsDecoded() {
        int packed = 0;
        for (int round = 0; round < 30; round++) {
            List<Record.Put> puts = puts(1 + random.nextInt(40));
            int start = encoder.size();
            int bytes = 0;
            for (Record.Put put : puts) {
                int added = encoder.add(put);
                assertTrue(added <= put.key().bytes().length + put.version().data().length
                        + FrameEncoder.OVERHEAD_MAX);
                bytes += added;
            }
            assertTrue(encoder.size() >= start + bytes);
            List<ReplicatedVersion> read = decoded(encoder.finish(3)).orElseThrow();
            assertEquals(puts.size(), read.size());
            for (int i = 0; i < puts.size(); i++) {
                Version version = puts.get(i).version();
                assertEquals(version.uuid(), read.get(i).version().uuid(), "the hash of all that it is");
                assertArrayEquals(version.key().bytes(), read.get(i).version().key().bytes());
                assertEquals(puts.get(i).packed(), read.get(i).document().packed());
                assertArrayEquals(version.data(), read.get(i).document().stored());
                packed += puts.get(i).packed() ? 1 : 0;
            }
        }
        assertTrue(packed > 50, "some documents were deflated: " + packed);
    }

    @Test
    void nothingOfAFrameIsKeptForTheNext() {
        List<Record.Put> puts = puts(3);
        puts.forEach(encoder::add);
        byte[] first = encoder.finish(0);
        puts.forEach(encoder::add);
        assertArrayEquals(first, encoder.finish(0));
    }

    /** Each frame is authentic in a file; this is about a maker that is wrong, or lies. */
    @Test
    void foreignBytesAreRefused() {
        List<Record.Put> puts = puts(5);
        puts.forEach(encoder::add);
        byte[] frame = encoder.finish(0);
        for (int length = 8; length < frame.length; length++) {
            assertTrue(decoded(Arrays.copyOf(frame, length)).isEmpty());
        }
        assertTrue(decoded(Arrays.copyOf(frame, frame.length + 1)).isEmpty(), "a byte behind it");
        for (int i = 8; i < frame.length; i++) {
            byte[] changed = frame.clone();
            changed[i] ^= (byte) (1 << random.nextInt(8));
            decoded(changed).ifPresent(read -> assertEquals(
                    puts.stream().map(put -> put.version().uuid()).toList(),
                    read.stream().map(arrival -> arrival.version().uuid()).toList(),
                    "another form of the same: a bit that decides nothing"));
        }
        for (int i = 0; i < 2_000; i++) {
            byte[] noise = new byte[12 + random.nextInt(200)];
            random.nextBytes(noise);
            ByteBuffer.wrap(noise).putInt(4, 1 + random.nextInt(3)).putInt(8, random.nextInt(400));
            assertTrue(decoded(noise).isEmpty());
        }
    }

    @Test
    void lengthIsCheckedBeforeItsMemoryIsTaken() {
        ByteBuffer bomb = ByteBuffer.allocate(20);
        bomb.putInt(FrameDecoder.CONTENT_MAX + 1).flip();
        assertFalse(decoder.begin(bomb));
    }

    /** A key, its version and a short document take a few bytes when their neighbours are alike. */
    @Test
    void likeRecordsAreShort() {
        for (int i = 0; i < 1_000; i++) {
            byte[] data = ("{\"n\":" + i + "}").getBytes(StandardCharsets.UTF_8);
            encoder.add(new Record.Put(i, ids.seal(new Version(Key.of("users/" + (100_000 + i)),
                    Version.NOBODY, 1_700_000_000_000L + i / 50, new Dot(USERS[1], 1_000 + i), 77,
                    Version.Lineage.NEW, USERS[2], USERS[2], Version.FOREVER, false, data)), data.length,
                    false, false));
        }
        int bytes = encoder.finish(0).length;
        assertTrue(bytes < 10_000, "10 bytes a key: " + bytes);
    }
}
