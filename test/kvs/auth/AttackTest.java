package kvs.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import kvs.auth.AccessModelUsers.Word;
import kvs.gateway.GuardedNode;
import kvs.gateway.InMemoryApi.ApiResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attacks on locks, lives and tokens of others that succeeded once; Bob is the attacker. */
class AttackTest {

    private static final String OPEN = "{\"permissions_text\":\"cdwr,cdwr,cdwr\"}";
    private static final String OPEN_OWN =
            "{\"permissions_text\":\"cdwr,cdwr,cdwr\",\"applies_to\":\"own_keys\"}";

    private final GuardedNode people = new GuardedNode();

    private void lock(String path, String bits) {
        assertEquals(200, people.put("admin", "/kv/" + path + "/metadata", "{\"permissions_text\":\"" + bits
                + "\"}").status());
    }

    private int status(String method, String target, String body) {
        return people.as("bob", method, target, body.replace('\'', '"')).status();
    }

    /** Each writer broke a lock by creating the key of its path, which made them the owner of the lock. */
    @Test
    void aLockCountsForItsOwnPath() {
        people.put("admin", "/kv/users/john", "{\"n\":1}");
        lock("users", "cdwr,---r,----");
        assertEquals(403, status("PUT", "/kv/users", "0"));
        assertEquals(403, status("PUT", "/kv/users/metadata", "{'permissions':4095}"));
        assertEquals(403, status("GET", "/kv/users/john", ""));
        assertEquals(403, status("PUT", "/kv/users/metadata",
                "{'permissions':4095,'applies_to':'own_keys'}"));
        assertEquals(403, status("DELETE", "/kv/users/metadata", ""));
        assertEquals(403, status("DELETE", "/kv/users/metadata?applies_to=subtree", ""));
        assertEquals(403, status("DELETE", "/kv/users/metadata?applies_to=own_keys", ""));
        String batch = people.as("bob", "POST", "/kv/_batch",
                "{\"ops\":[{\"op\":\"put\",\"path\":\"users\",\"data\":0}]}").body();
        assertTrue(batch.contains("\"status\":403"), batch);
        assertEquals(409, status("POST", "/kv/_batch",
                "{'atomic':true,'ops':[{'op':'put','path':'users','data':0}]}"));
        assertEquals(403, status("PUT", "/kv/users?ttl=1h", "0"));
        assertEquals("{\"deleted\":0}", people.as("bob", "DELETE", "/kv/users/?recurse", "").body());
        assertEquals("{\"touched\":0}",
                people.as("bob", "POST", "/kv/_touch", "{\"prefix\":\"users/\",\"ttl\":\"1ms\"}").body());
        assertEquals(403, status("GET", "/kv/users/john", ""));
        assertEquals("cdwr,---r,----", people.get("admin", "/kv/users/metadata").member("permissions_text"));
        assertEquals("{\"n\":1}", people.get("admin", "/kv/users/john?raw").body());
    }

    /** Who owned the key of the path before it was locked does not own the lock. */
    @Test
    void aKeyThatWasThereBeforeTheLockDoesNotRuleIt() {
        String before = people.put("bob", "/kv/users", "0").uuid();
        people.put("admin", "/kv/users/john", "{\"n\":1}");
        lock("users", "cdwr,---r,----");
        assertEquals(200, status("PUT", "/kv/users", "1"));
        assertEquals(200, status("PUT", "/kv/users/metadata", OPEN), "for own keys");
        assertEquals(403, status("GET", "/kv/users/john", ""));
        assertEquals(403, people.get("ann", "/kv/users").status(), "shut out is shut out");
        assertEquals(204, status("DELETE", "/kv/users", ""));
        assertEquals(403, status("POST", "/kv/users?restore=" + before, ""), "creating is asked");
        assertEquals(403, status("PUT", "/kv/users", "2"));
        people.api.node.clock.advance(10);
        ApiResponse rewind = people.as("bob", "POST",
                "/kv/?restore_to=" + (people.api.node.clock.wallMs() - 11), "");
        assertFalse(rewind.body().contains("\"restored\":1"), rewind.body());
        assertEquals(403, status("PUT", "/kv/users/metadata", OPEN));
    }

    /**
     * On prefixes that nobody has locked, settings on a path above deleted the keys of others or locked them
     * out.
     */
    @Test
    void settingsOnAPathAboveChangeNothingForOthers() {
        people.put("ann", "/kv/open/x", "1");
        assertEquals(201, status("PUT", "/kv/open", "0"));
        assertEquals(200, status("PUT", "/kv/open/metadata", OPEN));
        assertEquals(403, status("DELETE", "/kv/open/x", ""));
        assertEquals(403, status("PUT", "/kv/open/x", "2"));
        assertEquals(403, status("DELETE", "/kv/open/?recurse", ""), "it is Ann's");
        assertEquals(403, status("POST", "/kv/open/?restore_to=0", ""));
        assertEquals(200, status("PUT", "/kv/open/metadata", "{'permissions':0}"));
        assertEquals("1", people.get("mel", "/kv/open/x?raw").body());
        assertEquals(200, people.put("ann", "/kv/open/x", "2").status());
        assertEquals(201, people.put("ann", "/kv/open/y", "2").status());
        assertEquals(404, people.as("ann", "DELETE", "/kv/open/metadata", "").status(), "nothing of hers");
        assertEquals(404, people.get("mel", "/kv/open").status(), "Bob's own key is hidden");
    }

    /** Group members who may not delete had a key end by an expiry, and who wrote it anew owned it. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`',
            value = {"POST;/kv/_touch;{'paths':['grp/doc'],'ttl':'1ms'}",
                    "POST;/kv/_touch;{'prefix':'grp/','ttl':'1ms'}",
        "PUT;/kv/grp/doc?ttl=1ms;2", "PUT;/kv/grp/doc;{'data':2,'ttl':'1ms'}",
        "POST;/kv/grp/doc?ttl=1ms&restore=OLD;", "DELETE;/kv/grp/doc;",
        "DELETE;/kv/grp/?recurse;", "POST;/kv/grp/?restore_to=0;"})
    void endingAKeySoonerIsDeletingIt(String method, String target, String body) {
        people.put("admin", "/kv/grp/metadata", "{\"permissions_text\":\"cdwr,c-wr,----\",\"group_uuid\":\""
                + people.group + "\"}");
        String old = people.put("admin", "/kv/grp/doc", "1").uuid();
        String text = body == null ? "" : body.replace('\'', '"');
        ApiResponse refused = people.as("mel", method, target.replace("OLD", old), text);
        assertTrue(refused.status() == 403 || refused.status() == 409 && target.contains("restore_to"),
                refused.toString());
        people.api.node.clock.advance(10);
        assertEquals("1", people.get("mel", "/kv/grp/doc?raw").body());
        assertEquals(200, people.put("mel", "/kv/grp/doc", "2").status(), "overwriting is allowed");
        assertEquals(200, people.as("mel", "PUT", "/kv/grp/doc?ttl=keep", "3").status());
        String batch = people.as("mel", "POST", "/kv/_batch",
                "{\"ops\":[{\"op\":\"put\",\"path\":\"grp/doc\",\"data\":4,\"ttl\":\"1ms\"}]}").body();
        assertTrue(batch.contains("\"status\":403"), batch);
        assertEquals(200, people.as("admin", "PUT", "/kv/grp/doc?ttl=1h", "5").status());
        assertEquals(200, people.as("mel", "PUT", "/kv/grp/doc?ttl=2h", "6").status(), "a later expiry");
        assertEquals(403, people.as("mel", "PUT", "/kv/grp/doc?ttl=1h", "7").status());
    }

    /** Somebody prepared a path of a drop box, and read what was dropped there. */
    @Test
    void nothingIsPreparedForKeysOfOthers() {
        lock("drop", "cdwr,c---,c---");
        assertEquals(403, status("PUT", "/kv/drop/alice/metadata", OPEN));
        assertEquals(200, status("PUT", "/kv/drop/alice/metadata", OPEN_OWN));
        assertEquals(201, people.put("ann", "/kv/drop/alice", "\"secret\"").status());
        assertEquals(201, people.put("ann", "/kv/drop/alice/2", "\"secret\"").status());
        for (String target : List.of("/kv/drop/alice", "/kv/drop/alice?raw", "/kv/drop/alice?revisions",
                "/kv/drop/alice/2", "/kv/drop/alice/metadata")) {
            assertEquals(403, status("GET", target, ""), target);
        }
        assertFalse(people.get("bob", "/kv/?recurse&values").body().contains("secret"));
        assertFalse(people.get("bob", "/kv/_changes?since=0").body().contains("secret"));
        assertEquals("\"secret\"", people.get("ann", "/kv/drop/alice?raw").body());
        assertEquals("false", people.get("bob", "/auth/can?path=drop/alice").member("allowed"));
    }

    /** A key that is dead is nobody's, but its past is still its owner's. */
    @Test
    void theDeadOfOthersAreNotBroughtBack() {
        String old = people.put("ann", "/kv/x", "\"secret\"").uuid();
        people.as("ann", "DELETE", "/kv/x", "");
        assertEquals(404, status("POST", "/kv/x?restore=" + old, ""));
        people.put("bob", "/kv/x", "1");
        assertEquals(404, status("POST", "/kv/x?restore=" + old, ""));
        assertEquals(403, people.as("ann", "POST", "/kv/x?restore=" + old, "").status(), "it is Bob's now");
        assertEquals("own_keys",
                people.as("admin", "PUT", "/kv/x/metadata", "{\"applies_to\":\"own_keys\",\"owner_uuid\":\""
                + people.ids.get("ann")
                + "\",\"permissions_text\":\"cdwr,----,----\"}").member("applies_to"));
        assertEquals(404, status("GET", "/kv/x", ""), "given away");
        assertEquals(400, people.as("admin", "PUT", "/kv/x/metadata",
                "{\"applies_to\":\"own_keys\",\"owner_uuid\":\"" + people.ids.get("bob")
                + "\"}").status(), "permissions are named with the owner");
    }

    /** A token that was about to end made one that lived a year, and outlived the revocation of the first. */
    @Test
    void aTokenLivesNoLongerThanItsMaker() {
        ApiResponse first = people.token("ann", "[\"read\",\"write\"]", "3s");
        people.tokens.put("first", first.member("token"));
        ApiResponse second = made("first", "366d");
        assertEquals(first.member("expires_at"), second.member("expires_at"));
        people.tokens.put("second", second.member("token"));
        people.tokens.put("third", made("second", "1s").member("token"));
        assertEquals(200, people.get("third", "/auth/whoami").status());
        assertEquals(403, people.as("second", "POST", "/auth/tokens", "{\"scopes\":[\"admin\"]}").status());
        assertEquals(204, people.as("ann", "DELETE", "/auth/tokens/" + first.member("id"), "").status());
        for (String token : List.of("first", "second", "third")) {
            assertEquals(401, people.get(token, "/auth/whoami").status(), token);
        }
        assertEquals(404, people.as("ann", "DELETE", "/auth/tokens/" + second.member("id"), "").status(),
                "revoked with it");
        people.tokens.put("admins",
                people.as("admin", "POST", "/auth/tokens", "{\"user_uuid\":\"" + people.ids.get("ann")
                + "\",\"scopes\":[\"read\"],\"expires_in\":\"300d\"}").member("token"));
        assertEquals(204, people.as("operator", "DELETE", "/auth/tokens/" + people.ids.get("admin-token"), "")
                .status());
        assertEquals(200, people.get("admins", "/auth/whoami").status(), "administrators apart");
    }

    private ApiResponse made(String token, String life) {
        ApiResponse made = people.as(token, "POST", "/auth/tokens",
                "{\"scopes\":[\"read\",\"write\"],\"expires_in\":\"" + life + "\"}");
        assertEquals(201, made.status(), made.body());
        return made;
    }

    @Test
    void tokensMakeOneAnotherInAShortRow() {
        people.tokens.put("0", people.token("ann", "[\"read\",\"write\"]", "1h").member("token"));
        for (int i = 1; i <= 8; i++) {
            people.tokens.put(Integer.toString(i), made(Integer.toString(i - 1), "1h").member("token"));
        }
        assertEquals(409, people.as("8", "POST", "/auth/tokens", "{\"scopes\":[\"read\"]}").status());
        assertEquals(200, people.get("8", "/auth/whoami").status());
        people.api.node.clock.advance(3_600_000);
        assertEquals(401, people.get("8", "/auth/whoami").status());
    }

    /**
     * Nobody fills the memory of all with settings for keys of their own, and nobody's settings count against
     * others.
     */
    @Test
    void settingsOfOwnKeysAreBounded() {
        AccessModelUsers crowd = new AccessModelUsers(0, AccessRuleMutant.NONE);
        Word word = Word.of(false, "cdwr,----,----");
        for (int i = 0; i < MetadataAdmin.OWN_KEYS_MAX; i++) {
            assertTrue(crowd.set("ann", "p/" + i, word));
        }
        assertFalse(crowd.set("ann", "p/more", word));
        assertTrue(crowd.set("ann", "p/7", word), "what is there can be changed");
        assertTrue(crowd.set("mal", "p/more", word));
        assertTrue(crowd.unset("ann", "p/7"));
        crowd.node.clock.advance(1_000);
        assertTrue(crowd.set("ann", "p/more", word));
        assertFalse(crowd.set("ann", "p/7", word));
    }
}
