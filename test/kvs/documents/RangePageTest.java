package kvs.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RangePageTest {

    private final LocalDocuments node = new LocalDocuments();

    @Test
    void isFromStartToBeforeEnd() {
        for (String path : List.of("a", "users/a", "users/b/c", "users/z", "users0", "v")) {
            node.put(path, "1");
        }
        assertEquals(List.of("users/a", "users/b/c"), all("users/", "users/z", RangePage.TimeSpan.ALL, 10));
        assertEquals(List.of("users/a"), all("users/a", "users/b", RangePage.TimeSpan.ALL, 10));
        assertEquals(List.of(), all("users/z", "users/a", RangePage.TimeSpan.ALL, 10));
        assertEquals(List.of("users/z", "users0", "v"), all("users/z", null, RangePage.TimeSpan.ALL, 10));
    }

    @Test
    void pagesMeetWithoutGapOrRepetition() {
        List<String> paths = List.of("a", "a/b", "a0", "b", "ü/ä", "ü/ö");
        paths.forEach(path -> node.put(path, "1"));
        node.put("a1", "1");
        node.delete("a1");
        for (int limit = 1; limit < 8; limit++) {
            assertEquals(paths, all("", null, RangePage.TimeSpan.ALL, limit), "limit " + limit);
        }
    }

    @Test
    void timesAreThoseOfTheVersions() {
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            times.add(node.put("k" + i, "1").timestamp());
            node.clock.advance(100);
        }
        assertEquals(List.of("k1", "k2"),
                all("", null, new RangePage.TimeSpan(times.get(1), times.get(3)), 10));
        node.put("k1", "2");
        assertEquals(List.of("k2"), all("", null, new RangePage.TimeSpan(times.get(1), times.get(3)), 10));
        assertEquals(List.of("k1"),
                all("", null, new RangePage.TimeSpan(times.get(4) + 1, Long.MAX_VALUE), 10));
        assertEquals(List.of(), all("", null, new RangePage.TimeSpan(times.get(3), times.get(1)), 10));
    }

    @Test
    void expiredAreLeftOut() {
        node.put("a", "1", 100);
        node.put("b", "1");
        node.clock.advance(100);
        assertEquals(List.of("b"), all("", null, RangePage.TimeSpan.ALL, 10));
    }

    private List<String> all(String start, String end, RangePage.TimeSpan times, int limit) {
        List<String> paths = new ArrayList<>();
        Optional<String> after = Optional.empty();
        do {
            RangePage.RangeQuery query = new RangePage.RangeQuery(LocalDocuments.bytes(start),
                    Optional.ofNullable(end).map(LocalDocuments::bytes), after, times, limit);
            RangePage page = RangePage.page(node.store.root(), query, node.clock.wallMs(),
                    node.access.on(node.store.root()));
            page.entries().forEach(entry -> paths.add(RangePage.path(entry)));
            after = page.next();
        } while (after.isPresent());
        return paths;
    }
}
