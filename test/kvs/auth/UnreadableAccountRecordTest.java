package kvs.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import kvs.documents.LocalDocuments;
import kvs.gateway.GuardedNode;
import kvs.model.Key;
import kvs.model.Version;
import kvs.sim.SimDice;
import kvs.world.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Records of accounts and metadata that cannot be read: they deny, stop nobody else, and an administrator can
 * replace them.
 */
class UnreadableAccountRecordTest {

    private final GuardedNode people = new GuardedNode();

    private void raw(String key, String json) {
        new RawAccountRecord(people.api.node).put(key.replace('!', '\0'), json, Version.NOBODY);
    }

    /** Listings and plain users' requests ended with 500. */
    @ParameterizedTest
    @ValueSource(strings = {"!user/x", "!user/", "!group/x", "!token/x", "!token/x/y", "!member/x", "!gone/x",
            "!revoked/x", "!meta/a!", "!meta/a!x",
        "!meta/locked!+x", "!other/x"})
    void foreignKeysStopNobody(String key) {
        raw(key, "\"junk\"");
        for (String list : List.of("/auth/users", "/auth/groups", "/auth/tokens", "/kv/_metadata")) {
            assertEquals(200, people.get("admin", list).status(), list);
        }
        assertEquals(200, people.get("ann", "/kv/locked/k").status());
        assertEquals(403, people.get("bob", "/kv/locked/k").status());
        assertEquals(201, people.put("bob", "/kv/a/x", "1").status());
        assertEquals(200, people.get("bob", "/kv/_changes?since=0").status());
        assertEquals(200, people.get("bob", "/auth/can?path=a/x").status());
        assertEquals(204, people.as("admin", "DELETE", "/auth/users/" + people.ids.get("bob"), "").status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "{}", "{\"nickname\":1}", "[]",
            "{\"nickname\":\"ann\",\"admin\":\"yes\",\"created_at\":1}"})
    void aUserWhoseRecordIsUnreadableIsNoneUntilItIsReplaced(String json) {
        String ann = people.ids.get("ann");
        raw("!user/" + ann, json);
        assertEquals(401, people.get("ann", "/kv/locked/k").status());
        assertTrue(people.get("admin", "/auth/users").body()
                .contains(ann + "\",\"nickname\":\"(unreadable)\",\"admin\":false"));
        assertEquals(200, people.get("admin", "/auth/users/" + ann).status());
        assertEquals(200, people.as("admin", "PUT", "/auth/users/" + ann, "{\"nickname\":\"ann\"}").status());
        assertEquals(200, people.get("ann", "/kv/locked/k").status());
    }

    @Test
    void aGroupWhoseRecordIsUnreadableGivesNothing() {
        raw("!group/" + people.group, "1");
        assertEquals(403, people.get("mel", "/kv/locked/k").status());
        assertEquals(200, people.get("admin", "/auth/groups").status());
        assertEquals(200, people.as("admin", "PUT", "/auth/groups/" + people.group, "{\"name\":\"g\"}")
                .status());
        assertEquals(200, people.get("mel", "/kv/locked/k").status());
    }

    @Test
    void aTokenWhoseRecordIsUnreadableIsNotGood() {
        raw("!token/" + people.ids.get("bob") + "/" + people.ids.get("bob-token"), "1");
        assertEquals(401, people.get("bob", "/auth/whoami").status());
        assertEquals(200, people.get("admin", "/auth/tokens").status());
        assertEquals(204, people.as("admin", "DELETE", "/auth/tokens/" + people.ids.get("bob-token"), "")
                .status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "{}",
            "{\"owner\":\"x\",\"group\":1,\"permissions\":4095,\"created_at\":1,\"updated_at\":1}"})
    void metadataThatIsUnreadableDenies(String json) {
        for (String path : List.of("locked", "")) {
            GuardedNode crowd = new GuardedNode();
            new RawAccountRecord(crowd.api.node).put("\0meta/" + path, json, Version.NOBODY);
            crowd.as("admin", "DELETE", path.isEmpty() ? "/kv/locked/metadata" : "/kv/none/metadata", "");
            for (String who : List.of("ann", "mel", "bob")) {
                assertEquals(403, crowd.get(who, "/kv/locked/k").status(), who);
                assertEquals(403, crowd.put(who, "/kv/locked/new", "1").status(), who);
            }
            String metadata = "/kv/" + (path.isEmpty() ? "" : path + "/") + "metadata";
            assertEquals("----,----,----", crowd.get("admin", metadata).member("permissions_text"));
            assertEquals(200, crowd.get("admin", "/kv/_metadata").status());
            assertEquals(200, crowd.put("admin", metadata, "{\"permissions_text\":\"cdwr,c-wr,c--r\"}")
                    .status());
            assertEquals(200, crowd.get("bob", "/kv/locked/k").status());
        }
    }

    @Test
    void ownKeysMetadataThatIsUnreadableDeniesUntilItsUserReplacesIt() {
        people.put("ann", "/kv/free", "1");
        raw("!meta/free!" + people.ids.get("ann"), "1");
        assertEquals(404, people.get("bob", "/kv/free").status());
        assertEquals(404, people.get("ann", "/kv/free").status());
        assertEquals(200, people.put("ann", "/kv/free/metadata", "{\"permissions_text\":\"cdwr,----,---r\"}")
                .status());
        assertEquals(200, people.get("bob", "/kv/free").status());
    }

    private static Auth auth(LocalDocuments node) throws IOException {
        RightsResolver.Settings settings = new RightsResolver.Settings(
                PermissionBits.parse("cdwr,c-wr,c--r").orElseThrow(), true, true);
        return new Auth(node.store, node.clock, new SimDice(2),
                AdminTokenFile.open(node.disk, new SimDice(3), Logger.none()),
                new Auth.Settings("kvs", List.of(new byte[32]), settings));
    }

    private static void set(LocalDocuments node, Auth auth, String bits) {
        MetadataAdmin.MetadataUpdate update = new MetadataAdmin.MetadataUpdate(Optional.empty(),
                Optional.empty(), PermissionBits.parse(bits));
        node.done(auth.metadata()
                .set("vault/a", Optional.of(MetadataScope.SUBTREE), update, Principal.OPERATOR));
    }

    /** The index lacks a record that rotted before the start, and has no other one near it. */
    @Test
    void theOnlyLockDeniesWhenItRotted() throws IOException {
        LocalDocuments node = new LocalDocuments();
        set(node, auth(node), "cdwr,----,----");
        node.put("vault/a/s", "1");
        byte[] log = node.disk.bytes("00000001.log");
        int record = new String(log, StandardCharsets.ISO_8859_1).indexOf("\0meta/vault/a");
        node.disk.flip("00000001.log", record + "\0meta/".length() + 20, 1);
        node.restart();
        Auth auth = auth(node);
        assertTrue(node.store.root().tree().get(LocalDocuments.bytes("\0meta/vault/a")).isEmpty());
        assertFalse(rights(node, auth).showsAll(new byte[0]));
        assertFalse(shows(node, auth));
        set(node, auth, "cdwr,----,---r");
        assertTrue(shows(node, auth), "an administrator replaces it");
    }

    private static EffectiveRights rights(LocalDocuments node, Auth auth) {
        return auth.permissions().of(Principal.ANONYMOUS, node.documents.root());
    }

    private static boolean shows(LocalDocuments node, Auth auth) {
        return rights(node, auth).shows(node.documents.root().find(Key.of("vault/a/s")).orElseThrow());
    }
}
