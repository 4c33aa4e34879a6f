package kvs.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import kvs.gateway.GuardedNode;
import kvs.gateway.InMemoryApi;
import kvs.gateway.InMemoryApi.ApiResponse;
import kvs.http.PercentEncoding;
import kvs.http.RequestTarget;
import kvs.model.Key;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Keys of the greatest length whose every byte is percent-encoded: no page links to one that its own server
 * refuses.
 */
class LongKeysTest {

    private static final int COUNT = 5;
    /** One segment of two-byte letters; then a digit makes each key as long as a key may be. */
    private static final String LONG = "\u00e9".repeat((Key.BYTES_MAX - 2) / 2);

    private final GuardedNode people = new GuardedNode();
    private final List<String> keys = new ArrayList<>();

    @BeforeEach
    void writeLongKeys() {
        for (int i = 0; i < COUNT; i++) {
            keys.add("below/" + LONG.substring(3) + "/" + i);
            keys.add(LONG + "/" + i);
        }
        for (String key : keys) {
            assertEquals(201, people.as("admin", "PUT", "/kv/" + PercentEncoding.encode(key), "1").status());
        }
    }

    private ApiResponse get(String target) {
        return people.as("admin", "GET", target, "");
    }

    /** Follows the links from a page to the last; how many pages there are. */
    private int follow(String target) {
        int pages = 1;
        ApiResponse page = get(target);
        assertEquals(200, page.status(), page.body());
        while (!page.header("Link").isEmpty()) {
            String link = page.header("Link");
            String next = link.substring(1, link.indexOf('>'));
            assertTrue(next.length() <= RequestTarget.LENGTH_MAX, next.length() + " characters");
            page = get(next);
            assertEquals(200, page.status(), page.body());
            pages++;
        }
        return pages;
    }

    @ParameterizedTest
    @ValueSource(strings = {"/kv/?recurse&limit=1", "/kv/?recurse&values&limit=1", "/kv/LONG/?limit=1",
        "/kv/LONG/?recurse&values&limit=1", "/kv/_range?limit=1&start_key=LONG&end_key=LONG%2F9",
        "/kv/_range?limit=1&start_key=LONG&end_key=LONG%2F9&start_time=1&end_time=999999999999999999",
        "/kv/_metadata?limit=1", "/kv/_metadata?limit=1&prefix=SHORTER"})
    void everyLinkIsTaken(String target) {
        for (int i = 0; i < COUNT; i++) {
            // The name of a record of metadata is longer than its path.
            String path = LONG.substring(50) + "/" + i;
            assertEquals(200, people.as("admin", "PUT", "/kv/" + PercentEncoding.encode(path) + "/metadata",
                    "{\"permissions\":4095}").status());
        }
        assertTrue(follow(target.replace("LONG", PercentEncoding.encode(LONG))
                .replace("SHORTER", PercentEncoding.encode(LONG.substring(50)))) >= 1);
    }

    @Test
    void pagesOfLongKeysShowAllOfThem() {
        assertEquals(COUNT, follow("/kv/" + PercentEncoding.encode(LONG) + "/?limit=1"));
        assertEquals(COUNT, follow("/kv/_range?limit=1&start_key=" + PercentEncoding.encode(LONG)
                + "&end_key=" + PercentEncoding.encode(LONG + "/9")));
    }

    /** The commands ask so: what ends a range behind a prefix, and where the page before ended. */
    @Test
    void aPrefixAndAPlaceBelowItFitIntoOneTarget() {
        String end = PercentEncoding.encode(LONG + "0");
        ApiResponse page = get("/kv/_range?limit=10000&after=" + PercentEncoding.encode(LONG + "/1")
                + "&end_key=" + end);
        assertEquals(COUNT - 2, InMemoryApi.elements(page.json(), "items").size());
        ApiResponse changes = get("/kv/_changes?since=0&limit=1&prefix="
                + PercentEncoding.encode(LONG + "/"));
        assertEquals(200, get("/kv/_changes?limit=1&prefix=" + PercentEncoding.encode(LONG + "/") + "&since="
                + changes.member("next")).status());
        assertEquals(200, get("/kv/_conflicts?prefix=" + PercentEncoding.encode(LONG + "/") + "&after="
                + PercentEncoding.encode(LONG + "/1")).status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/kv/_range?start_key=", "/kv/_range?end_key=", "/kv/_range?after=",
        "/kv/?after=", "/kv/_metadata?prefix=",
        "/kv/_metadata?after=", "/kv/_conflicts?after=", "/kv/_changes?prefix="})
    void whatIsLongerThanAnyKeyIsRefused(String target) {
        assertEquals(400, get(target + "k".repeat(Key.BYTES_MAX + 5)).status());
    }
}
