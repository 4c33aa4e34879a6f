package kvs.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import kvs.backup.VerifiedBackup;
import kvs.gateway.InMemoryApi;
import kvs.gateway.InMemoryApi.ApiResponse;
import kvs.log.UnusableDirectoryException;
import org.junit.jupiter.api.Test;

class BackupResourceTest {

    private final InMemoryApi api = new InMemoryApi();

    @Test
    void makesOneAndListsIt() throws IOException, UnusableDirectoryException {
        api.put("/kv/a", "1");
        ApiResponse made = api.post("/admin/backup", "");
        assertEquals(201, made.status());
        String name = made.member("name");
        assertTrue(name.matches("kvs-node-1-[0-9]{8}T[0-9]{6}Z\\.backup"), name);
        assertEquals("1", made.member("keys"));
        assertEquals(api.get("/sync/merkle/root").member("hash"), made.member("root"));
        assertEquals("no-store", made.header("Cache-Control"));
        ApiResponse list = api.get("/admin/backups");
        assertEquals(1, InMemoryApi.elements(list.json(), "backups").size());
        for (String member : List.of("name", "bytes", "keys")) {
            assertEquals(made.member(member),
                    InMemoryApi.member(InMemoryApi.elements(list.json(), "backups").get(0), member));
        }
        assertFalse(list.body().contains("running") || list.body().contains("error"));
        assertEquals(1, VerifiedBackup.verify(api.backupFiles, name, bytes -> { }).keys());
        assertEquals(400, api.post("/admin/backup?wait=2m", "").status());
        assertEquals(400, api.get("/admin/backups?x=1").status());
    }

    @Test
    void doesNotHoldAnAnswerLongerThanWanted() {
        var waiting = api.start("POST", "/admin/backup?wait=2s", "");
        assertFalse(waiting.isDone());
        var second = api.start("POST", "/admin/backup", "");
        assertEquals(202, InMemoryApi.answer(second).status());
        assertEquals("true", InMemoryApi.answer(second).member("running"));
        api.node.clock.advance(2_000);
        api.backups.step();
        ApiResponse late = InMemoryApi.answer(waiting);
        assertEquals(202, late.status());
        assertTrue(late.member("name").startsWith("kvs-node-1-"), late.body());
        assertTrue(api.get("/admin/backups").body().contains("\"running\":{\"running\":true"));
        assertTrue(api.get("/admin/backups").body().contains("\"backups\":[{"));
    }

    @Test
    void saysWhyItFailed() {
        api.backupFiles.capacity(10);
        ApiResponse full = api.post("/admin/backup", "");
        assertEquals(507, full.status());
        assertTrue(full.member("detail").contains("not enough space"), full.body());
        assertTrue(api.get("/admin/backups").member("error").contains("not enough space"));
        api.whole = false;
        assertEquals(503, api.post("/admin/backup", "").status());
    }

    /** Whose key it is is for administrators only. */
    @Test
    void namesAnUnreadableKeyToAdministratorsOnly() {
        api.put("/kv/secret/name", "\"" + "x".repeat(100) + "\"");
        int place = new String(api.node.disk.bytes("00000001.log"), StandardCharsets.ISO_8859_1)
                .indexOf("xxx");
        api.node.disk.flip("00000001.log", place, 1);
        ApiResponse answer = api.post("/admin/backup", "");
        assertEquals(500, answer.status());
        assertTrue(answer.member("detail").contains("secret/name"), answer.body());
        assertTrue(api.get("/admin/backups").member("error").contains("secret/name"));
        assertEquals(1, api.backups.problems().size());
        assertFalse(api.backups.problems().get(0).detail().contains("secret/name"));
    }
}
