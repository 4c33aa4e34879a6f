package kvs.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.auth.AccessModelUsers.Word;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import org.junit.jupiter.api.Test;

/**
 * Directories of the previous version, which kept one record of metadata for each path whoever set it; and
 * clusters in which it still runs.
 */
class OlderMetadataTest {

    private static final String PRIVATE = "cdwr,----,----";
    private static final Word OPEN = Word.of(false, "cdwr,cdwr,cdwr");

    private final AccessModelUsers crowd = new AccessModelUsers(0, AccessRuleMutant.NONE);

    /** The record that the previous version wrote. */
    private void old(String path, UUID author, UUID owner, String bits) {
        String json = "{\"owner\":\"" + owner + "\",\"group\":\"" + Version.NOBODY + "\",\"permissions\":"
                + PermissionBits.parse(bits).orElseThrow().word()
                + ",\"created_at\":1,\"updated_at\":2}";
        new RawAccountRecord(crowd.node).put("\0meta/" + path, json, author);
    }

    private UUID id(String name) {
        return crowd.ids.get(name);
    }

    private MetadataList.ListedMetadata only() {
        List<MetadataList.ListedMetadata> all = crowd.auth.metadata().list()
                .page("", Optional.empty(), 10).set();
        assertEquals(1, all.size(), all.toString());
        return all.get(0);
    }

    private void keys() {
        assertTrue(crowd.put("ann", "a/b"));
        assertTrue(crowd.put("mal", "a/x"));
    }

    @Test
    void anAdministratorsLockIsStillOne() {
        keys();
        old("a", id(AccessModelUsers.ADM), id(AccessModelUsers.ADM), PRIVATE);
        assertFalse(crowd.may("wal", 'r', "a/b") || crowd.may("wal", 'r', "a/x")
                || crowd.mayCreate("wal", "a/b/c"));
        assertTrue(crowd.may("ann", 'r', "a/b"));
        assertFalse(crowd.set("wal", "a", OPEN));
        assertEquals(MetadataScope.SUBTREE, only().appliesTo());
        assertTrue(only().older() && only().metadata().owner().equals(Version.NOBODY), "nobody was named");
        assertTrue(crowd.set(AccessModelUsers.ADM, "a", MetadataScope.SUBTREE, Optional.empty(),
                Optional.of(OPEN)));
        assertFalse(only().older(), "looked over");
        assertTrue(crowd.may("wal", 'r', "a/b"));
    }

    @Test
    void whatAnAdministratorGaveIsStillTheirs() {
        keys();
        old("a", id(AccessModelUsers.ADM), id("wal"), PRIVATE);
        assertTrue(crowd.may("wal", 'r', "a/b") && crowd.mayCreate("wal", "a/b/c"));
        assertFalse(crowd.may("mal", 'r', "a/b"));
        assertTrue(crowd.set("wal", "a/b", OPEN));
        assertTrue(crowd.mayCreate("mal", "a/b/c"));
    }

    /** Any writer could set metadata for all below; now it holds for their own keys. */
    @Test
    void whatAUserSetHoldsForTheirKeys() {
        keys();
        old("a", id("ann"), id("ann"), PRIVATE);
        assertFalse(crowd.may("wal", 'r', "a/b"));
        assertTrue(crowd.may("wal", 'r', "a/x") && crowd.mayCreate("wal", "a/b/c"));
        assertEquals(id("ann"), only().user());
        assertTrue(only().older() && only().appliesTo() == MetadataScope.OWN_KEYS);
        assertFalse(crowd.access("wal").on(crowd.node.store.root()).showsAll(AccessModelUsers.bytes("a/")));
        assertFalse(crowd.unset("mal", "a"));
        assertTrue(crowd.unset("ann", "a"));
        assertFalse(crowd.unset("ann", "a"), "nothing is left");
        assertTrue(crowd.may("wal", 'r', "a/b"));
        assertTrue(crowd.set("ann", "a", Word.of(false, PRIVATE)));
        assertFalse(crowd.may("wal", 'r', "a/b"));
    }

    @Test
    void aLockOnTheSamePathLeavesAUserTheirOwn() {
        keys();
        old("a", id("ann"), id("ann"), PRIVATE);
        assertTrue(crowd.give("a", Optional.empty(), Optional.of(OPEN)));
        assertFalse(crowd.may("wal", 'r', "a/b"), "still what Ann set");
        assertTrue(crowd.may("wal", 'w', "a/x"));
        assertTrue(crowd.unset(AccessModelUsers.ADM, "a"));
        assertFalse(crowd.may("wal", 'r', "a/b"));
    }

    /** The lock of an administrator who is none any more, or is gone, stays a lock. */
    @Test
    void locksOutliveTheirAdministrators() {
        keys();
        old("a", id(AccessModelUsers.ADM), id(AccessModelUsers.ADM), PRIVATE);
        old("a/b", id("ann"), id("ann"), "cdwr,cdwr,cdwr");
        String other = crowd.node.done(crowd.auth.users().create("other", true, Principal.OPERATOR)).id()
                .toString();
        crowd.node.done(crowd.auth.users()
                .change(id(AccessModelUsers.ADM), Optional.empty(), Optional.of(false), Principal.OPERATOR));
        assertFalse(crowd.may("wal", 'r', "a/x"), "after " + other);
        crowd.node.done(crowd.auth.users().remove(id(AccessModelUsers.ADM), Principal.OPERATOR));
        crowd.node.done(crowd.auth.users().remove(id("ann"), Principal.OPERATOR));
        assertFalse(crowd.may("wal", 'r', "a/x") || crowd.may("wal", 'r', "a/b"),
                "Ann's word is no lock, and none of the subtree");
    }

    /** The previous version let the owner of a subtree write the one record on its path. */
    @Test
    void whatAnAdministratorMadeAndAUserWroteIsALockThatGivesNothing() {
        keys();
        old("a", id(AccessModelUsers.ADM), id("mal"), PRIVATE);
        old("a", id("mal"), id("mal"), "cdwr,---r,----");
        assertFalse(crowd.may("wal", 'r', "a/b") || crowd.mayCreate("wal", "a/b/c"), "it stays locked");
        assertFalse(crowd.may("mal", 'r', "a/b") || crowd.set("mal", "a", OPEN), "whose it is is not known");
        assertTrue(crowd.may("mal", 'w', "a/x"));
        assertEquals(MetadataScope.SUBTREE, only().appliesTo());
        old("a", id("mal"), id("mal"), "cdwr,cdwr,cdwr");
        assertFalse(crowd.may("wal", 'w', "a/b") || crowd.may("mal", 'd', "a/b"), "no more than above");
        assertTrue(crowd.may("wal", 'r', "a/b"));
    }

    /** The previous version did not keep that somebody had been an administrator, or who was removed. */
    @Test
    void locksOfWhomThePreviousVersionChangedStay() {
        keys();
        old("a", id("wal"), id("wal"), PRIVATE);
        assertTrue(crowd.may("mal", 'r', "a/b"), "Wal is known never to have been one");
        new RawAccountRecord(crowd.node).put("\0user/" + id("wal"),
                "{\"nickname\":\"wal\",\"admin\":false,\"created_at\":1}", id(AccessModelUsers.ADM));
        assertFalse(crowd.may("mal", 'r', "a/b") || crowd.mayCreate("mal", "a/b/c"));
        crowd.node.done(crowd.auth.users()
                .change(id("wal"), Optional.of("other"), Optional.empty(), Principal.OPERATOR));
        assertFalse(crowd.may("mal", 'r', "a/b"), "another name tells nothing new");
        crowd.node.done(crowd.auth.users().remove(id("wal"), Principal.OPERATOR));
        assertFalse(crowd.may("mal", 'r', "a/b"));
        old("a", id("wal"), id("wal"), "cdwr,cdwr,cdwr");
        assertTrue(crowd.may("mal", 'r', "a/b") && !crowd.may("mal", 'w', "a/b"), "and give nothing");
        new RawAccountRecord(crowd.node).put("\0user/" + id("ann"), "1", id(AccessModelUsers.ADM));
        crowd.node.done(crowd.auth.users()
                .change(id("ann"), Optional.of("ann"), Optional.empty(), Principal.OPERATOR));
        old("a", id("ann"), id("ann"), PRIVATE);
        assertFalse(crowd.may("mal", 'r', "a/b") || crowd.mayCreate("mal", "a/b/c"), "unreadable before");
        new RawAccountRecord(crowd.node)
                .put("\0gone/" + id("wal"), "{\"admin\":false}", id(AccessModelUsers.ADM));
        old("a", id("wal"), id("wal"), PRIVATE);
        assertTrue(crowd.may("mal", 'r', "a/b"), "known again");
    }

    @Test
    void anAdministratorRemovesNoWordOfAUser() {
        keys();
        old("a", id("ann"), id("ann"), PRIVATE);
        assertFalse(crowd.unset(AccessModelUsers.ADM, "a"));
        assertFalse(crowd.may("wal", 'r', "a/b"));
    }

    /** While a member could not read them, nothing but what it can read is written. */
    @Test
    void newRecordsWaitForAllMembers() {
        boolean[] all = new boolean[1];
        AccessModelUsers mixed = new AccessModelUsers(0, AccessRuleMutant.NONE, new MetadataFormatGate() {
            @Override
            public boolean all() {
                return all[0];
            }

            @Override
            public List<String> older() {
                return List.of("node-2");
            }
        });
        assertTrue(mixed.put("ann", "a/b"));
        assertTrue(mixed.give("a", Optional.of("wal"), Optional.of(OPEN)),
                "one record for a path, as before");
        for (String who : List.of("ann", "wal")) {
            Refusal refusal = refused(mixed, who);
            assertEquals(Reason.OLDER_MEMBERS, refusal.reason());
            assertTrue(refusal.detail().contains("node-2"), refusal.detail());
        }
        all[0] = true;
        assertTrue(mixed.set("ann", "a/b", OPEN) && mixed.set("wal", "a/b", OPEN));
    }

    private static Refusal refused(AccessModelUsers crowd, String who) {
        MetadataAdmin.MetadataUpdate update = new MetadataAdmin.MetadataUpdate(Optional.empty(),
                Optional.empty(), Optional.of(new PermissionBits(0)));
        try {
            crowd.node.done(crowd.auth.metadata().set("a/b", Optional.empty(), update, crowd.caller(who)));
            throw new AssertionError("not refused");
        } catch (Refusal refusal) {
            return refusal;
        }
    }
}
