package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import kvs.gateway.InMemoryApi.ApiResponse;
import kvs.http.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Writes that ask for copies; the other nodes of the API in memory are {@link InMemoryApi#copies}. */
class ReplicationWaitHandlerTest {

    private final InMemoryApi api = new InMemoryApi();

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"PUT;/kv/k?copies=2;1;201", "DELETE;/kv/there?copies=2;;204",
        "DELETE;/kv/d/?recurse&copies=2;;200",
        "POST;/kv/_batch?copies=2;{'ops':[{'op':'put','path':'b','data':1}]};200",
        "POST;/kv/_touch?copies=2;{'paths':['there'],'ttl':'1h'};200"})
    void everyWriteWaitsForTheCopiesThatItWants(String method, String target, String body, int status) {
        api.put("/kv/there", "1");
        String text = body == null ? "" : body.replace('\'', '"');
        CompletableFuture<Response> waiting = api.start(method, target, text);
        api.node.work();
        assertFalse(waiting.isDone());
        api.copies.complete(2);
        assertEquals(status, InMemoryApi.answer(waiting).status());
        assertEquals("2", InMemoryApi.answer(waiting).header("KVS-Copies"));
    }

    @Test
    void tooFewAreToldAndTheWriteStands() {
        api.copies.complete(1);
        ApiResponse answer = api.put("/kv/k?copies=2&wait=1s", "1");
        assertEquals(202, answer.status());
        assertEquals("1", answer.header("KVS-Copies"));
        assertFalse(answer.uuid().isEmpty());
        assertEquals("1", api.get("/kv/k?raw").body());
    }

    @Test
    void whatCannotBeIsRefusedBeforeAnythingIsWritten() {
        for (String bad : new String[] {"copies=4", "copies=0", "copies=x", "copies=2&wait=61s",
                "copies=2&wait=x", "wait=1s"}) {
            assertEquals(400, api.put("/kv/k?" + bad, "1").status(), bad);
        }
        assertEquals(404, api.get("/kv/k").status());
        assertEquals(400, api.get("/kv/k?copies=2").status(), "reading waits for nobody");
    }

    @Test
    void whatWasRefusedDoesNotWait() {
        api.put("/kv/k", "1");
        ApiResponse refused = api.put("/kv/k?copies=2", "2", "If-None-Match", "*");
        assertEquals(412, refused.status());
        assertTrue(refused.header("KVS-Copies").isEmpty());
    }
}
