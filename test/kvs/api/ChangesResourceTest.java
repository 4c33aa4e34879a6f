package kvs.api;

import static kvs.api.DocumentResourceTest.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import kvs.documents.AccessContext;
import kvs.documents.Changes;
import kvs.documents.ClientPosition;
import kvs.documents.LocalDocuments;
import kvs.documents.ExpiryPolicy;
import kvs.documents.Preconditions;
import kvs.documents.Purger;
import kvs.gateway.GuardedNode;
import kvs.gateway.InMemoryApi;
import kvs.http.Response;
import kvs.json.JsonValue;
import kvs.model.Coverage;
import kvs.model.Refusal;
import kvs.sim.SimDice;
import kvs.store.Transaction;
import kvs.store.Write;
import kvs.streams.OpenSink;
import kvs.world.Logger;
import org.junit.jupiter.api.Test;

class ChangesResourceTest {

    private static final long HOUR_MS = 3_600_000;
    private final InMemoryApi api = new InMemoryApi();

    private InMemoryApi.ApiResponse since(String position, String... more) {
        return api.get("/kv/_changes?since=" + position + String.join("", more));
    }

    /** What an answer tells, each change as {@code path:what}. */
    private static List<String> told(InMemoryApi.ApiResponse answer) {
        assertEquals(200, answer.status(), answer.body());
        List<String> told = new ArrayList<>();
        for (JsonValue change : InMemoryApi.elements(answer.json(), "changes")) {
            String what = List.of("deleted", "expired", "access").stream()
                    .filter(name -> !InMemoryApi.member(change, name).isEmpty()).findFirst()
                    .orElse(InMemoryApi.member(change, "data"));
            told.add(InMemoryApi.member(change, "path") + ":" + what);
        }
        return told;
    }

    private static String next(InMemoryApi.ApiResponse answer) {
        return answer.member("next");
    }

    @Test
    void tellsThePresentAndThenWhatChanges() {
        api.put("/kv/a", "1");
        api.put("/kv/b", "2");
        api.put("/kv/c", "3");
        api.delete("/kv/c");
        InMemoryApi.ApiResponse present = since("0");
        assertEquals(List.of("a:1", "b:2"), told(present));
        assertEquals(List.of(), told(since(next(present))));
        api.put("/kv/b", "4");
        api.put("/kv/d", "5");
        api.put("/kv/b", "6");
        api.delete("/kv/a");
        InMemoryApi.ApiResponse changed = since(next(present));
        assertEquals(List.of("d:5", "b:6", "a:deleted"), told(changed),
                "each at the place of its present version");
        assertEquals(List.of(InMemoryApi.NODE, InMemoryApi.NODE, InMemoryApi.NODE),
                InMemoryApi.elements(changed.json(), "changes").stream()
                        .map(change -> InMemoryApi.member(change, "node")).toList());
        assertEquals(List.of(), told(since(next(changed))));
        assertEquals(List.of(), told(since("now")));
    }

    /** A page may end at a key that its reader may not see. */
    @Test
    void theKeyInAPositionIsSealed() {
        api.put("/kv/some-long-name", "1");
        api.put("/kv/some-longer-name", "2");
        String next = next(since("0", "&limit=1"));
        String bytes = new String(Base64.getUrlDecoder().decode(next), StandardCharsets.ISO_8859_1);
        assertFalse(bytes.contains("some-long"), bytes);
        assertEquals(List.of("some-longer-name:2"), told(since(next)));
        String forged = next.substring(0, next.length() - 8)
                + (next.charAt(next.length() - 8) == 'A' ? 'B' : 'A') + next.substring(next.length() - 7);
        assertEquals(410, since(forged).status());
        assertEquals(410, since(next.substring(0, next.length() - 40)).status());
    }

    /** Whoever reads along, however small the pages are, sees nothing before what was written before it. */
    @Test
    void pagesKeepTheOrderOfTheLog() {
        String from = next(since("0"));
        api.put("/kv/news", "1");
        for (int i = 0; i < 5; i++) {
            api.put("/kv/k" + i, "1");
        }
        api.put("/kv/news", "2");
        api.put("/kv/k0", "2");
        List<String> all = new ArrayList<>();
        for (int pages = 0; pages < 10; pages++) {
            InMemoryApi.ApiResponse page = since(from, "&limit=1");
            all.addAll(told(page));
            from = next(page);
        }
        assertEquals(List.of("k1:1", "k2:1", "k3:1", "k4:1", "news:2", "k0:2"), all);
    }

    /** Pages up to one without {@code more} are one moment: all of a batch, or nothing of it. */
    @Test
    void pageThatDoesNotReachThePresentSaysSo() {
        api.put("/kv/a", "1");
        InMemoryApi.ApiResponse first = since("0");
        assertEquals("true", first.member("more"));
        InMemoryApi.ApiResponse present = since(next(first));
        assertFalse(present.body().contains("\"more\""), present.body());
        api.post("/kv/_batch", "{\"atomic\":true,\"ops\":[{\"op\":\"put\",\"path\":\"a\",\"data\":2},"
                + "{\"op\":\"put\",\"path\":\"b\",\"data\":2},{\"op\":\"put\",\"path\":\"c\",\"data\":2}]}");
        InMemoryApi.ApiResponse half = since(next(present), "&limit=2");
        assertEquals(List.of("a:2", "b:2"), told(half));
        assertEquals("true", half.member("more"));
        InMemoryApi.ApiResponse rest = since(next(half), "&limit=2");
        assertEquals(List.of("c:2"), told(rest));
        assertFalse(rest.body().contains("\"more\""), rest.body());
    }

    @Test
    void aListingSaysWhereToGoOn() {
        api.put("/kv/a", "1");
        String position = api.get("/kv/").header("KVS-Position");
        api.put("/kv/b", "2");
        assertEquals(List.of("b:2"), told(since(position)));
        String later = api.put("/kv/c", "3").header("KVS-Position");
        assertEquals(List.of(), told(since(later)));
    }

    @Test
    void waitsWithoutAThreadForWhatIsAskedFor() {
        String now = next(since("now"));
        CompletableFuture<Response> waiting = api.start("GET",
                "/kv/_changes?prefix=x/&wait=30s&since=" + now, "");
        api.node.pass(1_000);
        api.put("/kv/y", "1");
        api.node.pass(1_000);
        assertFalse(waiting.isDone(), () -> "that is not asked for: " + InMemoryApi.answer(waiting));
        api.put("/kv/x/1", "2");
        api.node.pass(100);
        assertEquals(List.of("x/1:2"), told(InMemoryApi.answer(waiting)));
        CompletableFuture<Response> nothing = api.start("GET",
                "/kv/_changes?wait=2s&since=" + next(InMemoryApi.answer(waiting)), "");
        api.node.pass(2_100);
        assertEquals(List.of(), told(InMemoryApi.answer(nothing)));
    }

    @Test
    void tellsWhatExpires() {
        api.put("/kv/a?ttl=10s", "1");
        String known = next(since("0"));
        CompletableFuture<Response> waiting = api.start("GET", "/kv/_changes?wait=30s&since=" + known, "");
        api.node.pass(9_000);
        assertFalse(waiting.isDone());
        api.node.pass(1_500);
        assertEquals(List.of("a:expired"), told(InMemoryApi.answer(waiting)));
        assertEquals(List.of(), told(since(next(InMemoryApi.answer(waiting)))));
    }

    @Test
    void pagesEndAndGoOn() {
        for (int i = 0; i < 25; i++) {
            api.put("/kv/k" + (100 + i), "1");
        }
        assertEquals(25, all("0", 10).size());
        String now = next(since("now"));
        for (int i = 0; i < 25; i++) {
            api.put("/kv/k" + (100 + i), "2");
        }
        List<String> again = all(now, 10);
        assertEquals(25, again.size());
        assertTrue(again.stream().allMatch(told -> told.endsWith(":2")), again.toString());
    }

    private List<String> all(String from, int limit) {
        List<String> all = new ArrayList<>();
        InMemoryApi.ApiResponse page = since(from, "&limit=" + limit);
        while (!told(page).isEmpty()) {
            assertTrue(told(page).size() <= limit);
            all.addAll(told(page));
            page = since(next(page), "&limit=" + limit);
        }
        return all;
    }

    @Test
    void documentsMayBeLeftOut() {
        api.put("/kv/a", "{\"x\":1}");
        String body = since("0", "&values=false").body();
        assertFalse(body.contains("\"data\""), body);
        assertTrue(body.startsWith("{\"changes\":[{\"path\":\"a\",\"uuid\":\""), body);
    }

    @Test
    void whatWasForgottenIsGone() {
        api.put("/kv/a?ttl=1s", "1");
        api.put("/kv/b", "1");
        String before = next(since("0"));
        purge();
        assertEquals(410, since(before).status());
        problem(since(before), 410, "position_gone");
        String listed = api.get("/kv/").header("KVS-Position");
        assertEquals(List.of(), told(since(listed)));
    }

    private void purge() {
        var purger = new Purger(api.node.store, api.node.clock, Logger.none(), () -> HOUR_MS,
                Purger.PurgeConstraints.NONE);
        api.node.clock.advance(2 * HOUR_MS + 600_000);
        for (int i = 0; i < 5; i++) {
            purger.step();
            api.node.work();
        }
        assertEquals(1, api.node.store.root().tree().summary().count());
    }

    /** Also a client of this very run must hear of it, or it would keep the key for ever. */
    @Test
    void whatWasDeletedAndForgottenWhileAClientWasAwayIsGone() {
        api.put("/kv/a?ttl=10m", "1");
        api.put("/kv/b", "1");
        String before = next(since("0"));
        api.delete("/kv/a");
        purge();
        problem(since(before), 410, "position_gone");
    }

    /** A position is the client's: whatever it holds, nobody's log is filled. */
    @Test
    void numbersThatWereNeverGivenAreRefused() {
        api.put("/kv/a", "1");
        ClientPosition known = ClientPosition.parse(next(since("0"))).orElseThrow();
        for (long number : new long[] {-5, -1, Long.MIN_VALUE, Long.MAX_VALUE, 99}) {
            UUID run = known.place().orElseThrow().run();
            ClientPosition made = new ClientPosition(known.covered(), known.wallMs(),
                    Optional.of(new ClientPosition.RunPosition(run, number, Optional.empty())));
            int status = since(made.text()).status();
            assertEquals(number < 0 ? 400 : 410, status, Long.toString(number));
        }
    }

    @Test
    void whoAsksForTheHeadTakesNoStream() {
        for (int i = 0; i < 300; i++) {
            Response answer = api.start("HEAD", "/kv/_changes", "", "Accept", "text/event-stream").join();
            assertEquals("no", answer.headers().get("X-Accel-Buffering"));
            assertEquals(200, answer.status(), "round " + i);
        }
    }

    /**
     * A node that does not know what it has gives no positions: who relied on one would be told less than was
     * lost.
     */
    @Test
    void withoutKnowledgeThereIsNoPosition() {
        Changes unsettled = new Changes(api.node.store, api.node.clock, new SimDice(5), Optional::empty);
        assertEquals(Optional.empty(), unsettled.now());
        assertThrows(Refusal.class,
                () -> unsettled.page(Changes.start(), new Changes.Query(new byte[0], 10), AccessContext.ALL));
    }

    @Test
    void whatIsNoPositionIsRefused() {
        for (String bad : List.of("1", "x", "AAAA", "now1", "AQ")) {
            assertEquals(400, since(bad).status(), bad);
        }
        assertEquals(400, api.get("/kv/_changes?prefix=a").status(), "a prefix ends with a slash");
        assertEquals(400, api.get("/kv/_changes?wait=61s").status());
        assertEquals(400, api.get("/kv/a", "KVS-Position", "x").status());
    }

    /** For reads, writes and changes; nobody waits for what cannot come. */
    @Test
    void aPositionThatIsLostForGoodIsGone() {
        api.put("/kv/a", "1");
        Coverage life = Coverage.NONE.with(new UUID(7, 7), 5);
        String far = new ClientPosition(life, api.node.clock.wallMs(), Optional.empty()).text();
        api.lost = wanted -> wanted.covers(life);
        for (CompletableFuture<Response> answer : List.of(
                api.start("GET", "/kv/a?raw", "", "KVS-Position", far),
                api.start("PUT", "/kv/a?position_wait=0", "2", "KVS-Position", far),
                api.start("GET", "/kv/a/", "", "KVS-Position", far),
                api.start("GET", "/kv/_changes?since=" + far + "&wait=10s", ""))) {
            problem(InMemoryApi.answer(answer), 410, "position_gone");
        }
        assertEquals("1", api.get("/kv/a?raw").body());
        AtomicBoolean known = new AtomicBoolean();
        api.lost = wanted -> known.get();
        CompletableFuture<Response> waiting = api.start("GET", "/kv/a?raw", "", "KVS-Position", far);
        known.set(true);
        api.node.pass(2_100);
        problem(InMemoryApi.answer(waiting), 410, "position_gone");
    }

    @Test
    void aPositionThatIsNotReachedIsWaitedFor() {
        UUID other = new UUID(7, 7);
        String far = new ClientPosition(Coverage.NONE.with(other, 5), api.node.clock.wallMs(),
                Optional.empty()).text();
        api.put("/kv/a", "1");
        CompletableFuture<Response> behind = api.start("GET", "/kv/a?raw", "", "KVS-Position", far);
        api.node.pass(1_900);
        assertFalse(behind.isDone());
        api.node.pass(200);
        assertEquals(503, InMemoryApi.answer(behind).status());
        problem(InMemoryApi.answer(behind), 503, "behind");
        CompletableFuture<Response> reached = api.start("GET", "/kv/a?raw&position_wait=10s", "",
                "KVS-Position", far);
        CompletableFuture<Response> changes = api.start("GET", "/kv/_changes?since=" + far, "");
        api.node.pass(1_000);
        cover(other, 5);
        api.node.pass(100);
        assertEquals("1", InMemoryApi.answer(reached).body());
        assertEquals(200, InMemoryApi.answer(changes).status());
        String own = api.put("/kv/a", "2").header("KVS-Position");
        assertEquals("2", api.get("/kv/a?raw", "KVS-Position", own + ", " + far).body());
    }

    private void cover(UUID origin, long seq) {
        api.node.store.submit(new Write() {
            @Override
            public void decide(Transaction transaction) {
                transaction.cover(Coverage.NONE.with(origin, seq));
            }

            @Override
            public void refused(Refusal refusal) {
                throw new AssertionError(refusal);
            }

            @Override
            public int bytes() {
                return 1;
            }
        });
        api.node.work();
    }

    /** A new run of the node has other events; the position tells it what its owner has seen. */
    @Test
    void anotherRunGoesOnFromThePosition() {
        for (int i = 0; i < 20_000; i++) {
            api.node.documents.put(
                    api.node.putOp("k" + i % 5_000, "1", ExpiryPolicy.NEVER, Preconditions.NONE),
                    api.node.access);
            if (i % 1_000 == 0) {
                api.node.work();
            }
        }
        api.node.work();
        ClientPosition known = api.changes.now().orElseThrow();
        api.put("/kv/k7", "2");
        api.delete("/kv/k8");
        assertTrue(api.node.store.notes().find("mark/00").isPresent(), "the log has marks");
        api.node.restart();
        var again = new Changes(api.node.store, api.node.clock, new SimDice(77),
                () -> Optional.of(api.node.store.durable()));
        List<String> told = new ArrayList<>();
        var page = again.page(known, new Changes.Query(new byte[0], 1_000), AccessContext.ALL);
        page.changes().forEach(change -> told.add(new String(change.entry().key(), StandardCharsets.UTF_8)
                + " " + change.kind()));
        assertEquals(List.of("k7 LIVES", "k8 DELETED"), told);
    }

    @Test
    void onlyWhatTheCallerMayReadIsTold() {
        GuardedNode people = new GuardedNode();
        String now = people.get("bob", "/kv/_changes?since=now").member("next");
        people.put("ann", "/kv/locked/k", "2");
        people.put("ann", "/kv/open", "3");
        InMemoryApi.ApiResponse bob = people.get("bob", "/kv/_changes?since=" + now);
        assertEquals(List.of("open:3"), told(bob));
        assertEquals(List.of("locked/k:2", "open:3"), told(people.get("ann", "/kv/_changes?since=" + now)));
        assertEquals(List.of("open:3"), told(people.get("bob", "/kv/_changes?since=0")));
        people.put("admin", "/kv/locked/metadata", "{\"permissions_text\":\"cdwr,c-wr,c--r\"}");
        assertEquals(List.of("locked:access"), told(people.get("bob", "/kv/_changes?since=" + next(bob))),
                "there is more to see now: look again");
    }

    /**
     * What somebody sets for own keys is news for those whom it lets read them, and says nothing of who set
     * it.
     */
    @Test
    void settingsOfOwnKeysAreToldToThoseWhoMayReadThem() {
        GuardedNode people = new GuardedNode();
        people.put("ann", "/kv/free", "1");
        String now = people.get("bob", "/kv/_changes?since=now").member("next");
        people.put("ann", "/kv/free/metadata", "{\"permissions_text\":\"cdwr,----,----\"}");
        InMemoryApi.ApiResponse closed = people.get("bob", "/kv/_changes?since=" + now);
        assertEquals(List.of(), told(closed));
        assertEquals(List.of("free:access"), told(people.get("ann", "/kv/_changes?since=" + now)));
        people.put("ann", "/kv/free/metadata", "{\"permissions_text\":\"cdwr,----,---r\"}");
        InMemoryApi.ApiResponse open = people.get("bob", "/kv/_changes?since=" + next(closed));
        assertEquals(List.of("free:access"), told(open));
        assertEquals("free", InMemoryApi.member(InMemoryApi.elements(open.json(), "changes").get(0), "path"),
                "and no user");
        people.as("ann", "DELETE", "/kv/free/metadata", "");
        assertEquals(List.of("free:access"), told(people.get("bob", "/kv/_changes?since=" + next(open))));
    }

    /** A stream of somebody, or the refusal that came in its place. */
    private static CompletableFuture<Response> stream(GuardedNode people, String name, String target) {
        return people.api.start("GET", target, "", "Accept", "text/event-stream", "Authorization",
                "Bearer " + people.tokens.get(name));
    }

    private static OpenSink open(CompletableFuture<Response> answer) {
        Response response = answer.join();
        assertEquals(200, response.status(), () -> InMemoryApi.answer(answer).body());
        Response.EventBody body = assertInstanceOf(Response.EventBody.class, response.body());
        OpenSink sink = new OpenSink(body::closed);
        body.open(sink);
        return sink;
    }

    @Test
    void aStreamShowsWhatItsReaderMayReadAtThatMoment() {
        GuardedNode people = new GuardedNode();
        OpenSink ann = open(stream(people, "ann", "/kv/_changes?since=now"));
        OpenSink bob = open(stream(people, "bob", "/kv/_changes?since=now&values=false"));
        people.put("ann", "/kv/locked/k", "2");
        people.put("ann", "/kv/open", "3");
        people.api.node.pass(20);
        assertTrue(ann.text().contains("\"locked/k\"") && ann.text().contains("\"data\":3"), ann.text());
        assertTrue(bob.text().matches("id: [^\n]+\ndata: \\{\"path\":\"open\",[^\n]+}\n\n"), bob.text());
        assertFalse(bob.text().contains("\"data\":3"), bob.text());
        people.put("admin", "/kv/metadata", "{\"permissions_text\":\"cdwr,----,----\"}");
        people.put("ann", "/kv/open", "4");
        people.api.node.pass(20);
        assertFalse(bob.text().contains("access"), "the whole tree is shut now: " + bob.text());
        assertEquals(1, bob.text().split("data: ", -1).length - 1);
        people.put("admin", "/kv/metadata", "{\"permissions_text\":\"cdwr,---r,---r\"}");
        people.api.node.pass(20);
        assertTrue(bob.text().endsWith("data: {\"path\":\"\",\"access\":true}\n\n"), bob.text());
    }

    @Test
    void aStreamEndsWhenItsTokenIsRevoked() {
        GuardedNode people = new GuardedNode();
        OpenSink ann = open(stream(people, "ann", "/kv/_changes?since=now"));
        OpenSink bob = open(stream(people, "bob", "/kv/_changes?since=now"));
        assertEquals(204, people.as("admin", "DELETE", "/auth/tokens/" + people.ids.get("bob-token"), "")
                .status());
        people.put("ann", "/kv/open", "3");
        people.api.node.pass(20);
        assertTrue(bob.ended() && bob.text().startsWith("event: end\ndata: {\"reason\":\"unauthorized\""),
                bob.text());
        assertTrue(!ann.ended() && ann.text().contains("\"data\":3"), ann.text());
        assertEquals(1, people.api.node.waits.streams());
    }

    /** A position that is no good is refused by a status, and so is one stream too many. */
    @Test
    void refusesAStreamBeforeItBegins() {
        GuardedNode people = new GuardedNode();
        String forged = new ClientPosition(Coverage.NONE, people.api.node.clock.wallMs(), Optional.of(
                new ClientPosition.RunPosition(people.api.changes.now().orElseThrow().place().orElseThrow()
                        .run(), 1 << 20, Optional.empty()))).text();
        problem(InMemoryApi.answer(stream(people, "ann", "/kv/_changes?since=" + forged)), 410,
                "position_gone");
        List<OpenSink> open = new ArrayList<>();
        for (int i = 0; i < LocalDocuments.WAITS_PER_CALLER; i++) {
            open.add(open(stream(people, "ann", "/kv/_changes?since=now")));
        }
        CompletableFuture<Response> more = stream(people, "ann", "/kv/_changes?since=now");
        assertEquals("1", more.join().headers().get("Retry-After"));
        InMemoryApi.ApiResponse refused = InMemoryApi.answer(more);
        problem(refused, 429, "rate_limited");
        assertEquals(Integer.toString(LocalDocuments.WAITS_PER_CALLER), refused.member("limit"));
        assertEquals("max_waits_per_client", refused.member("setting"));
        assertEquals(429, people.get("ann", "/kv/_changes?since=now&wait=1s").status(), "a wait is one too");
        open(stream(people, "bob", "/kv/_changes?since=now"));
        open.get(0).end(new byte[0]);
        open(stream(people, "ann", "/kv/_changes?since=now"));
    }
}
