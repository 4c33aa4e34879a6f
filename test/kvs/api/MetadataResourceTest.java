package kvs.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import kvs.gateway.GuardedNode;
import kvs.gateway.InMemoryApi;
import kvs.gateway.InMemoryApi.ApiResponse;
import org.junit.jupiter.api.Test;

/** The list of all metadata; what is in force on one path is told in {@link KeyVisibilityTest}. */
class MetadataResourceTest {

    private static List<String> paths(ApiResponse page) {
        return InMemoryApi.elements(page.json(), "items").stream()
                .map(item -> InMemoryApi.member(item, "path")).toList();
    }

    @Test
    void listsWhatIsSetPageByPage() {
        GuardedNode people = new GuardedNode();
        for (String path : List.of("", "b/", "b/x/", "b0/", "c/")) {
            assertEquals(200,
                    people.put("admin", "/kv/" + path + "metadata", "{\"permissions\":4095}").status(), path);
        }
        assertEquals(204, people.as("admin", "DELETE", "/kv/c/metadata", "").status());
        assertEquals(List.of("", "b", "b/x", "b0", "locked"), paths(people.get("admin", "/kv/_metadata")));
        assertEquals(List.of("b", "b/x", "b0"), paths(people.get("admin", "/kv/_metadata?prefix=b")));
        assertEquals(List.of("b/x"), paths(people.get("admin", "/kv/_metadata?prefix=b/")));
        List<String> found = new ArrayList<>();
        ApiResponse page = people.get("admin", "/kv/_metadata?limit=2");
        while (!page.member("next").isEmpty()) {
            found.addAll(paths(page));
            page = people.get("admin", "/kv/_metadata?limit=2&after=" + page.member("next"));
        }
        found.addAll(paths(page));
        assertEquals(List.of("", "b", "b/x", "b0", "locked"), found);
        assertEquals(List.of("b", "b/x"), paths(people.get("admin", "/kv/_metadata?limit=2&after=")),
                "behind the root");
        assertEquals(400, people.get("admin", "/kv/_metadata?path=b").status());
    }

    @Test
    void showsTheOwnerOfAKey() {
        GuardedNode people = new GuardedNode();
        people.put("ann", "/kv/mine", "1");
        people.put("ann", "/kv/mine/metadata", "{\"permissions\":15}");
        String body = people.get("admin", "/kv/_metadata?prefix=mine").body();
        assertTrue(body.startsWith("{\"items\":[{\"path\":\"mine\",\"owner_uuid\":\"" + people.ids.get("ann")
                + "\",\"group_uuid\":null,\"permissions\":15,\"permissions_text\":\"----,----,cdwr\","
                + "\"applies_to\":\"own_keys\",\"user_uuid\":\""
                + people.ids.get("ann") + "\",\"created_at\":"), body);
        assertFalse(body.contains("locked"));
    }
}
