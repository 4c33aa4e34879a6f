package kvs.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import kvs.gateway.GuardedNode;
import kvs.gateway.InMemoryApi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever follows the links of a listing sees all of it, once: C14. */
class PaginationTest {

    private final GuardedNode people = new GuardedNode();

    private static String next(InMemoryApi.ApiResponse page) {
        String link = page.header("Link");
        assertTrue(link.isEmpty() || link.matches("</[^<>]*>; rel=\"next\""), link);
        return link.isEmpty() ? "" : link.substring(1, link.indexOf('>'));
    }

    private List<String> follow(String first, String list, String id) {
        List<String> found = new ArrayList<>();
        for (String target = first; !target.isEmpty(); ) {
            InMemoryApi.ApiResponse page = people.get("admin", target);
            assertEquals(200, page.status(), target + page);
            assertEquals(page.member("next").isEmpty(), page.header("Link").isEmpty(), target + page);
            InMemoryApi.elements(page.json(), list).forEach(element ->
                    found.add(id.equals("-") ? InMemoryApi.text(element) : InMemoryApi.member(element, id)));
            target = next(page);
        }
        return found;
    }

    @ParameterizedTest
    @CsvSource({"/auth/users, users, uuid", "/auth/groups, groups, uuid", "/auth/tokens, tokens, id",
        "/kv/_metadata, items, path", "/admin/tamper-log, lines, -"})
    void everyListingLinksToItsNextPage(String path, String list, String id) {
        for (int i = 0; i < 5; i++) {
            assertEquals(201,
                    people.as("admin", "POST", "/auth/groups", "{\"name\":\"g" + i + "\"}").status());
            assertEquals(200,
                    people.put("admin", "/kv/m" + i + "/metadata", "{\"permissions\":4095}").status());
        }
        while (people.api.auditLog.step() == 0) {
            Thread.onSpinWait();
        }
        List<String> whole = follow(path + "?limit=1000", list, id);
        List<String> paged = follow(path + "?limit=2", list, id);
        assertTrue(whole.size() >= 4, whole.toString());
        assertEquals(whole, paged);
        assertEquals(whole.size(), new TreeSet<>(paged).size(), paged.toString());
    }

    @Test
    void changesLinkToWhatComes() {
        people.put("admin", "/kv/a", "1");
        InMemoryApi.ApiResponse page = people.get("admin",
                "/kv/_changes?since=0&limit=1000&values=false&prefix=&wait=1s");
        assertEquals("/kv/_changes?limit=1000&values=false&prefix=&wait=1s&since=" + page.member("next"),
                next(page));
        people.put("admin", "/kv/b", "1");
        String later = people.get("admin", next(page)).body();
        assertTrue(later.contains("\"path\":\"b\""), later);
        assertFalse(later.contains("\"path\":\"a\""), later);
    }
}
