package kvs.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import kvs.documents.AccessContext;
import kvs.documents.LocalDocuments;
import kvs.gateway.GuardedNode;
import kvs.gateway.InMemoryApi;
import kvs.gateway.InMemoryApi.ApiResponse;
import kvs.log.ReplicatedVersion;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.model.VersionIdHasher;
import kvs.store.Transaction;
import kvs.store.Write;
import org.junit.jupiter.api.Test;

/** Access to the past of keys: the versions that each user sees, and the users who may restore them. */
class HistoryAccessTest {

    private final GuardedNode people = new GuardedNode();

    private String put(String name, String path, String json) {
        ApiResponse answer = people.put(name, "/kv/" + path, json);
        assertEquals(2, answer.status() / 100, answer.body());
        people.api.node.clock.advance(10);
        return answer.uuid();
    }

    private void delete(String name, String path) {
        assertEquals(204, people.as(name, "DELETE", "/kv/" + path, "").status());
        people.api.node.clock.advance(10);
    }

    private long now() {
        return people.api.node.clock.wallMs();
    }

    /** The documents of a key that a user sees, or the status. */
    private String seen(String name, String path) {
        ApiResponse answer = people.get(name, "/kv/" + path + "?revisions");
        return answer.status() != 200 ? Integer.toString(answer.status())
                : InMemoryApi.elements(answer.json(), "revisions").stream()
                        .map(one -> InMemoryApi.member(one, "deleted").equals("true") ? "-"
                                : InMemoryApi.member(one, "data")).collect(Collectors.joining(" "));
    }

    @Test
    void whatWasBeforeADeletionBelongsToWhoOwnedIt() {
        String secret = put("ann", "x", "1");
        long then = now() - 1;
        put("ann", "x", "2");
        assertEquals("2 1", seen("bob", "x"));
        delete("ann", "x");
        assertEquals("404", seen("bob", "x"));
        assertEquals("- 2 1", seen("ann", "x"));
        assertEquals("- 2 1", seen("admin", "x"));
        put("bob", "x", "3");
        assertEquals("3", seen("bob", "x"));
        assertEquals("3", seen("ann", "x"), "it is Bob's now");
        assertEquals("3 - 2 1", seen("admin", "x"));
        assertEquals(404, people.get("bob", "/kv/x?revision=" + secret).status());
        assertEquals("the path had no document at that time",
                people.get("bob", "/kv/x?at=" + then).member("detail"));
        assertEquals("1", people.get("admin", "/kv/x?raw&at=" + then).body());
        assertEquals(404, people.as("bob", "POST", "/kv/x?restore=" + secret, "").status());
        delete("bob", "x");
        assertEquals("- 3", seen("bob", "x"));
        assertEquals("2 1", seen("ann", "x").replace("- ", ""));
        assertEquals("401", seen("anonymous", "x"));
    }

    /**
     * A lock that is set later hides the past too, and a key that was locked shows its past once the lock is
     * gone.
     */
    @Test
    void rightsAreThoseOfNow() {
        put("bob", "d/x", "1");
        put("bob", "d/x", "2");
        assertEquals("2 1", seen("mel", "d/x"));
        people.as("admin", "PUT", "/kv/d/metadata",
                "{\"permissions_text\":\"cdwr,----,----\",\"owner_uuid\":\"" + people.ids.get("bob") + "\"}");
        assertEquals("403", seen("mel", "d/x"));
        assertEquals("403", seen("mel", "d/none"));
        assertEquals("2 1", seen("bob", "d/x"));
        delete("bob", "d/x");
        assertEquals("403", seen("mel", "d/x"));
        assertEquals("- 2 1", seen("bob", "d/x"), "the lock is theirs");
        people.as("admin", "DELETE", "/kv/d/metadata", "");
        assertEquals("404", seen("mel", "d/x"));
    }

    @Test
    void restoringIsWritingAndReading() {
        String old = put("ann", "x", "1");
        put("ann", "x", "2");
        assertEquals(403, people.as("bob", "POST", "/kv/x?restore=" + old, "").status());
        assertEquals(403,
                people.as("bob", "POST", "/kv/x?restore=00000000-0000-8000-8000-000000000000", "").status());
        assertEquals(200, people.as("ann", "POST", "/kv/x?restore=" + old, "").status());
        people.api.node.clock.advance(10);
        people.tokens.put("writer", people.token("ann", "[\"write\"]", "1h").member("token"));
        people.tokens.put("reader", people.token("ann", "[\"read\"]", "1h").member("token"));
        assertEquals(403, people.as("reader", "POST", "/kv/x?restore=" + old, "").status());
        assertEquals(403, people.as("reader", "POST", "/kv/?restore_to=0", "").status());
        assertEquals(403, people.as("writer", "POST", "/kv/x?restore=" + old, "").status());
        delete("ann", "x");
        assertEquals(201, people.as("admin", "POST", "/kv/x?restore=" + old, "").status());
        assertEquals(people.ids.get("ann"), people.get("ann", "/kv/x/metadata").member("owner_uuid"),
                "what comes back belongs to whom it belonged");
        String author = InMemoryApi.member(InMemoryApi.elements(people.get("ann", "/kv/x?revisions").json(),
                "revisions").get(0), "author");
        assertEquals(people.ids.get("admin"), author);
    }

    @Test
    void aSubtreeGoesBackAsAWholeOrNotAtAll() {
        put("bob", "d/mine", "1");
        long then = now() - 1;
        put("bob", "d/mine", "2");
        put("ann", "d/hers", "2");
        put("ann", "locked/x", "2");
        ApiResponse refused = people.as("bob", "POST", "/kv/d/?restore_to=" + then, "");
        assertEquals(403, refused.status());
        assertEquals("d/hers", refused.member("path"));
        assertEquals(403, people.as("bob", "POST", "/kv/d/?dry_run&restore_to=" + then, "").status());
        assertEquals("2", people.get("bob", "/kv/d/mine?raw").body());
        delete("ann", "d/hers");
        ApiResponse done = people.as("bob", "POST", "/kv/?restore_to=" + then, "");
        assertEquals("{\"restored\":1,\"deleted\":0,\"unchanged\":0,\"unknown\":[]}", done.body(),
                "what Bob may not read is not told");
        assertEquals("2", people.get("ann", "/kv/locked/x?raw").body());
        assertEquals("1", people.get("bob", "/kv/d/mine?raw").body());
    }

    /** The dead keys of others are neither restored nor listed. */
    @Test
    void whatSomebodyElseDeletedStaysSo() {
        put("ann", "d/hers", "1");
        put("bob", "d/his", "1");
        long then = now() - 1;
        delete("ann", "d/hers");
        delete("bob", "d/his");
        assertEquals("{\"restored\":1,\"deleted\":0,\"unchanged\":0,\"unknown\":[],"
                + "\"changes\":[{\"path\":\"d/his\",\"op\":\"put\"}]}",
                people.as("bob", "POST", "/kv/d/?dry_run&restore_to=" + then, "").body());
        assertEquals("{\"restored\":2,\"deleted\":0,\"unchanged\":0,\"unknown\":[]}",
                people.as("admin", "POST", "/kv/d/?restore_to=" + then, "").body());
        assertEquals(people.ids.get("bob"), people.get("bob", "/kv/d/his/metadata").member("owner_uuid"));
    }

    /** A version that a user wrote on another node at the same time; it arrives here. */
    private void arrives(String path, UUID owner) {
        LocalDocuments other = new LocalDocuments(2, 0);
        other.clock.setWall(now() - 1);
        other.access = new AccessContext.Unrestricted(owner);
        other.put(path, "\"elsewhere\"");
        byte[] frame = other.store.held(other.store.root().find(Key.of(path)).orElseThrow())
                .orElseThrow().frame();
        ReplicatedVersion arrival = ReplicatedVersion.decode(frame, other.store.codec(),
                new VersionIdHasher()).orElseThrow();
        people.api.node.store.submit(new Write() {

            @Override
            public void decide(Transaction tx) {
                assertEquals(Transaction.MergeResult.BEATEN, tx.merge(arrival, false));
            }

            @Override
            public void refused(Refusal refusal) {
                throw new AssertionError(refusal);
            }

            @Override
            public int bytes() {
                return frame.length;
            }
        });
        people.api.node.work();
    }

    @Test
    void conflictsAreShownToWhoMayReadThem() {
        for (String path : List.of("d/1", "d/2", "e/3", "locked/4")) {
            people.put("ann", "/kv/" + path, "\"here\"");
            arrives(path, UUID.fromString(people.ids.get("ann")));
        }
        people.put("bob", "/kv/f/5", "\"here\"");
        arrives("f/5", UUID.fromString(people.ids.get("ann")));
        ApiResponse all = people.get("admin", "/kv/_conflicts");
        assertEquals(5, InMemoryApi.elements(all.json(), "conflicts").size(),
                "what another made under the same name is for administrators");
        ApiResponse page = people.get("bob", "/kv/_conflicts?limit=2");
        assertEquals("d/2", page.member("next"));
        assertEquals("</kv/_conflicts?prefix=&limit=2&after=d/2>; rel=\"next\"", page.header("Link"));
        page = people.get("bob", "/kv/_conflicts?limit=2&after=d/2");
        assertEquals("", page.member("next"), "what is locked is no page to come");
        var shown = InMemoryApi.elements(page.json(), "conflicts");
        assertEquals("e/3", InMemoryApi.member(shown.get(0), "path") + (shown.size() > 1 ? " and more" : ""));
        assertEquals(1, InMemoryApi.elements(people.get("mel", "/kv/_conflicts?prefix=locked/").json(),
                "conflicts").size());
        assertEquals("here elsewhere", seen("bob", "d/1"));
        String loser = InMemoryApi.text(InMemoryApi.elements(shown.get(0), "losers").get(0));
        assertEquals(200, people.as("ann", "POST", "/kv/e/3?restore=" + loser, "").status());
        assertEquals("\"elsewhere\"", people.get("bob", "/kv/e/3?raw").body());
        delete("ann", "d/1");
        assertEquals("d/2", InMemoryApi.elements(people.get("bob", "/kv/_conflicts").json(), "conflicts")
                .stream().map(one -> InMemoryApi.member(one, "path")).collect(Collectors.joining(" ")),
                "whoever writes has seen it");
    }

    @Test
    void restoresAreToldToTheTamperLog() {
        String old = put("bob", "d/x", "1");
        long then = now() - 1;
        put("bob", "d/x", "2");
        put("bob", "d/y", "2");
        people.api.events.clear();
        String uuid = people.as("bob", "POST", "/kv/d/x?restore=" + old, "").uuid();
        people.api.node.clock.advance(10);
        people.as("bob", "POST", "/kv/d/?dry_run&restore_to=" + then, "");
        people.as("bob", "POST", "/kv/d/?restore_to=" + then, "");
        List<String> told = people.api.events.stream()
                .map(event -> event.act() + " " + event.path() + " " + event.status()).toList();
        assertEquals(List.of("put d/x 200", "delete d/y 204"), told);
        assertEquals(uuid, people.api.events.get(0).uuid());
    }

    @Test
    void withoutAccountsEverythingIsShown() {
        InMemoryApi api = new InMemoryApi();
        api.put("/kv/x", "1");
        api.delete("/kv/x");
        String body = api.get("/kv/x?revisions").body();
        assertTrue(body.contains("\"data\":1") && body.contains("\"deleted\":true"), body);
        assertFalse(body.contains("author"), body);
    }
}
