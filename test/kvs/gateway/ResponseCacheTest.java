package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import kvs.documents.LocalDocuments;
import kvs.log.DataFileNames;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.tree.Entry;
import org.junit.jupiter.api.Test;

class ResponseCacheTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final LocalDocuments node = new LocalDocuments();
    private final ResponseCache cache = new ResponseCache(node.documents);

    private Entry entry(String path) {
        return node.documents.find(Key.of(path), node.access).orElseThrow();
    }

    private ResponseCache.EncodedResponse read(String path) {
        return cache.of(entry(path), node.clock.wallMs(), node.clock.nanos());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void holdsTheResponseOfAVersionUntilAnotherReplacesIt() {
        node.put("a", "{\"a\":1}");
        ResponseCache.EncodedResponse first = read("a");
        assertTrue(text(first.body()).endsWith("\"data\":{\"a\":1}}\n"), text(first.body()));
        assertTrue(text(first.fields()).startsWith("Content-length: " + first.body().length
                + "\r\nContent-Type: application/json"), text(first.fields()));
        assertSame(first, read("a"));
        node.put("a", "{\"a\":2}");
        assertTrue(text(read("a").body()).contains("{\"a\":2}"));
        node.put("b", "1");
        assertFalse(text(read("b").body()).contains("\"a\""));
    }

    @Test
    void readsTheDiskAgainAfterASecond() {
        node.put("a", "1");
        Entry entry = entry("a");
        ResponseCache.EncodedResponse first = read("a");
        node.disk.flip(DataFileNames.segment(entry.segment()), entry.offset() + 20, 1);
        long now = node.clock.nanos();
        assertSame(first, cache.of(entry, node.clock.wallMs(), now + SECOND - 1));
        assertThrows(Refusal.class, () -> cache.of(entry, node.clock.wallMs(), now + SECOND));
    }

    @Test
    void holdsMostOfAThousand() {
        int count = 1_000;
        List<ResponseCache.EncodedResponse> first = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            node.put("k/" + i, "1");
            first.add(read("k/" + i));
        }
        long held = IntStream.range(0, count).filter(i -> read("k/" + i) == first.get(i)).count();
        assertTrue(held > count * 9 / 10, held + " of " + count);
    }

    @Test
    void holdsNoLongResponse() {
        node.put("a", "\"" + "x".repeat(ResponseCache.BODY_BYTES) + "\"");
        assertNotSame(read("a"), read("a"));
    }

    /** Its Last-Modified is the present time, as long as that is earlier. */
    @Test
    void holdsNoResponseWithADateThatDependsOnTheClock() {
        node.put("a", "1");
        Entry entry = entry("a");
        long now = node.clock.nanos();
        ResponseCache.EncodedResponse early = cache.of(entry, entry.timestamp() - 10_000, now);
        ResponseCache.EncodedResponse later = cache.of(entry, entry.timestamp() - 5_000, now);
        assertFalse(text(early.fields()).equals(text(later.fields())), text(early.fields()));
        cache.of(entry, entry.timestamp(), now);
        assertEquals(text(early.fields()), text(cache.of(entry, entry.timestamp() - 10_000, now).fields()));
    }
}
