package kvs.api;

import static kvs.api.DocumentResourceTest.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import kvs.gateway.InMemoryApi;
import kvs.http.PercentEncoding;
import org.junit.jupiter.api.Test;

class RangeResourceTest {

    private static final String[] LINES = {"Accept", "application/x-ndjson"};
    private final InMemoryApi api = new InMemoryApi();

    @Test
    void isFromStartToBeforeEnd() {
        String uuid = puts("a", "users/a", "users/b", "users/z");
        String body = api.get("/kv/_range?start_key=users/&end_key=users/z&limit=100").body();
        assertEquals(List.of("users/a", "users/b"),
                paths(api.get("/kv/_range?start_key=users/&end_key=users/z&limit=100")));
        assertTrue(body.endsWith("\"data\":1}]}"), body);
        assertEquals(List.of("users/z"), paths(api.get("/kv/_range?start_key=users%2Fz")));
        String last = api.get("/kv/_range?start_key=users/z").body();
        assertTrue(last.startsWith("{\"items\":[{\"path\":\"users/z\",\"uuid\":\"" + uuid + "\""), last);
        assertEquals(4, paths(api.get("/kv/_range")).size());
        assertEquals("{\"items\":[]}", api.get("/kv/_range?start_key=x&end_key=b").body());
    }

    @Test
    void pagesGoOnBehindNext() {
        puts("a", "b+c", "d", "e", "f");
        List<String> seen = new ArrayList<>();
        String after = "";
        do {
            InMemoryApi.ApiResponse page = api.get("/kv/_range?limit=2&after="
                    + PercentEncoding.encode(after));
            seen.addAll(paths(page));
            after = page.member("next");
            assertEquals(after.isEmpty(), page.header("Link").isEmpty());
            assertTrue(after.isEmpty() || after.equals(seen.get(seen.size() - 1)),
                    "next is the last that was shown");
        } while (!after.isEmpty());
        assertEquals(List.of("a", "b+c", "d", "e", "f"), seen);
        assertEquals("</kv/_range?limit=1&after=a>; rel=\"next\"",
                api.get("/kv/_range?limit=1&start_key=a").header("Link"));
    }

    @Test
    void timesChooseByVersion() {
        puts("a");
        api.node.clock.advance(1_000);
        long middle = api.node.clock.wallMs();
        puts("b");
        api.node.clock.advance(1_000);
        puts("c");
        assertEquals(List.of("b", "c"), paths(api.get("/kv/_range?start_time=" + middle)));
        assertEquals(List.of("a"), paths(api.get("/kv/_range?end_time=" + middle)));
        assertEquals(List.of("b"), paths(
                api.get("/kv/_range?start_key=a&start_time=" + middle + "&end_time=" + (middle + 1_000))));
    }

    @Test
    void linesStreamTheWholeRange() {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 2_500; i++) {
            expected.add(String.format("k%05d", i));
        }
        puts(expected.toArray(String[]::new));
        api.put("/kv/z", "{\r\n\"x\":\n1}");
        InMemoryApi.ApiResponse answer = api.get("/kv/_range?start_key=k&end_key=zz", LINES);
        assertEquals("application/x-ndjson; charset=utf-8", answer.header("Content-Type"));
        assertEquals("no", answer.header("X-Accel-Buffering"),
                "a reader takes each page as it comes, through nginx too");
        List<String> lines = answer.body().lines().toList();
        assertEquals(2_501, lines.size());
        for (int i = 0; i < expected.size(); i++) {
            assertTrue(lines.get(i).startsWith("{\"path\":\"" + expected.get(i) + "\","), lines.get(i));
        }
        assertTrue(lines.get(2_500).endsWith("\"data\":{  \"x\": 1}}"), lines.get(2_500));
        assertEquals("", api.get("/kv/_range?start_key=zz", LINES).body());
    }

    @Test
    void refusesWhatItDoesNotTake() {
        for (String query : new String[] {"start=a", "limit=0", "limit=10001", "start_time=x", "end_time=-1",
                "start_key=%ff"}) {
            problem(api.get("/kv/_range?" + query), 400, "bad_request");
        }
        problem(api.get("/kv/_range?limit=5", LINES), 400, "bad_request");
        String most = api.get("/kv/_range?start_time=1000000000000000000").member("detail")
                .replaceAll(".* to ", "");
        assertEquals(200, api.get("/kv/_range?start_time=" + most).status(),
                "the bound that a refusal names is taken");
        problem(api.put("/kv/_range", "1"), 405, "method_not_allowed");
    }

    private static List<String> paths(InMemoryApi.ApiResponse answer) {
        assertEquals(200, answer.status(), answer.body());
        return InMemoryApi.elements(answer.json(), "items").stream()
                .map(item -> InMemoryApi.member(item, "path")).toList();
    }

    private String puts(String... paths) {
        String uuid = "";
        for (String path : paths) {
            uuid = api.put("/kv/" + PercentEncoding.encode(path), "1").uuid();
        }
        return uuid;
    }
}
