package kvs.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import kvs.gateway.GuardedNode;
import kvs.model.Refusal;
import kvs.store.Transaction;
import kvs.store.UnstampedVersion;
import kvs.store.Write;
import org.junit.jupiter.api.Test;

/** The records with which a restore revokes every token of the backup. */
class RestoredTokenRevocationTest {

    private final GuardedNode people = new GuardedNode();

    private List<UnstampedVersion> voids() {
        return RestoredTokenRevocation.voids(people.api.node.store.root(), people.api.node.clock.wallMs());
    }

    private void write(List<UnstampedVersion> unstamped) {
        people.api.node.store.submit(new Write() {
            @Override
            public void decide(Transaction tx) {
                unstamped.forEach(tx::put);
            }

            @Override
            public void refused(Refusal refusal) {
                throw refusal;
            }
        });
        people.api.node.work();
    }

    /** Four users have a live token each; that of a fifth has expired. */
    @Test
    void revokeEveryLiveOne() {
        assertEquals(200, people.get("bob", "/auth/whoami").status());
        assertEquals(4 * RestoredTokenRevocation.VOIDS_EACH, voids().size());
        assertEquals(204,
                people.as("bob", "DELETE", "/auth/tokens/" + people.ids.get("bob-token"), "").status());
        List<UnstampedVersion> unstamped = voids();
        assertEquals(3 * RestoredTokenRevocation.VOIDS_EACH, unstamped.size());
        write(unstamped);
        for (String name : List.of("admin", "ann", "mel", "bob")) {
            assertEquals(401, people.get(name, "/auth/whoami").status(), name);
        }
        assertEquals(List.of(), voids());
        assertEquals(201, people.token("ann", "[\"read\"]", "1h").status(), "new ones can be made");
    }

    /**
     * A token that was made under a wrong clock must not live until that time has passed; one that is hours
     * ahead may be another node's.
     */
    @Test
    void oneFromATimeThatHasNotComeIsRefused() {
        long right = people.api.node.clock.wallMs();
        for (long hours : new long[] {23, 25}) {
            people.tokens.put("operator", people.api.adminToken());
            people.api.node.clock.setWall(right + hours * 3_600_000);
            people.tokens.put("late", people.token("ann", "[\"read\"]", "1h").member("token"));
            assertEquals(200, people.get("late", "/auth/whoami").status());
            people.api.node.clock.setWall(right);
            assertEquals(hours < 24 ? 200 : 401, people.get("late", "/auth/whoami").status());
        }
    }
}
