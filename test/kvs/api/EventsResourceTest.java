package kvs.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import kvs.gateway.InMemoryApi;
import kvs.world.EventKind;
import org.junit.jupiter.api.Test;

/** The page of events; who may read it is in the matrix of access. */
class EventsResourceTest {

    private final InMemoryApi api = new InMemoryApi();

    private List<String> kinds(InMemoryApi.ApiResponse page) {
        return InMemoryApi.elements(page.json(), "events").stream()
                .map(event -> InMemoryApi.member(event, "event")).toList();
    }

    @Test
    void listsWhatTheLogSaid() {
        api.events().event(EventKind.MEMBER_SUSPECT, "member", "node2", "silent_ms", 3_083);
        InMemoryApi.ApiResponse page = api.get("/admin/events");
        long now = api.node.clock.wallMs();
        assertEquals("{\"events\":[{\"id\":" + now + ",\"at\":" + now + ",\"level\":\"warn\",\"message\":"
                + "\"a member is suspect\",\"member\":\"node2\",\"silent_ms\":3083,"
                + "\"event\":\"member_suspect\"}],\"next\":" + now + "}", page.body().strip());
    }

    @Test
    void saysWhatAnAdministratorStarted() {
        api.post("/admin/compact", "");
        api.post("/admin/verify", "");
        assertEquals(List.of("compaction_forced", "verification_started"), kinds(api.get("/admin/events")));
    }

    @Test
    void givesAPositionToGoOnFrom() {
        assertEquals("0", api.get("/admin/events").member("next"), "nothing yet");
        for (int i = 0; i < 3; i++) {
            api.events().event(EventKind.BACKUP_MADE);
        }
        InMemoryApi.ApiResponse first = api.get("/admin/events?limit=2");
        String next = first.member("next");
        assertEquals("</admin/events?limit=2&since=" + next + ">; rel=\"next\"", first.header("Link"));
        InMemoryApi.ApiResponse rest = api.get("/admin/events?limit=2&since=" + next);
        assertEquals(1, kinds(rest).size());
        assertEquals("", rest.header("Link"));
        assertEquals("[]", api.get("/admin/events?since=" + rest.member("next")).member("events"));
    }

    @Test
    void refusesWhatIsNoPosition() {
        for (String query : List.of("since=x", "since=-1", "limit=0", "limit=10001", "after=1")) {
            assertEquals(400, api.get("/admin/events?" + query).status(), query);
        }
    }
}
