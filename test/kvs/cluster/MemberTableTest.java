package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import kvs.model.Coverage;
import kvs.model.Member;
import kvs.model.NodeMode;
import kvs.sim.SimClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemberTableTest {

    private static final NodeStatus VITAL = new NodeStatus(0, NodeMode.NORMAL, true, 0, 0, 0, 0, 0,
            Coverage.NONE, new NodeStatus.Digests(new byte[32], new byte[32]), Map.of());
    private final SimClock clock = new SimClock();
    private final MemberTable memberTable = new MemberTable(member("self", 0, 5), List.of("seed:1", "self:1"),
            3_000, clock);

    private static Member member(String id, int life, long incarnation) {
        return new Member(id, id + ":1", new UUID(life, id.hashCode()), 1, incarnation, false);
    }

    private String seen() {
        return String.join(", ", memberTable.seen().stream().map(member -> member.member().id() + " "
                + member.status().text() + " " + member.member().incarnation()).toList());
    }

    @ParameterizedTest
    @CsvSource({"false, 0, ALIVE", "false, 2999, ALIVE", "false, 3000, SUSPECT", "false, 299999, SUSPECT",
        "false, 300000, FAILED", "false, 9000000, FAILED", "true, 0, LEFT", "true, 9000000, LEFT"})
    void standingFollowsFromSilence(boolean left, long silentMs, Member.Status status) {
        assertEquals(status, MemberTable.status(left, silentMs, 3_000));
    }

    @Test
    void hearsayAddsNobodyButSaysWhereToAsk() {
        memberTable.learnFromOthers(List.of(member("a", 0, 1)));
        assertEquals("", seen());
        assertEquals(List.of("a:1", "seed:1"), memberTable.addresses(), "never its own");
        memberTable.recordStatus(member("a", 0, 1), VITAL);
        assertEquals("a alive 1", seen());
    }

    /** Whoever has the secret may say anything of this node: it has the last word. */
    @Test
    void thisNodeRefutesWhatIsWrongOfIt() {
        Member self = memberTable.self();
        memberTable.learnFromOthers(List.of(new Member("self", "elsewhere:1", self.origin(), 1, 9, false)));
        assertEquals(10, memberTable.self().incarnation());
        memberTable.learnFromOthers(
                List.of(new Member("self", "elsewhere:1", self.origin(), 1, Member.INCARNATION_MAX, false)));
        memberTable.learnFromOthers(
                List.of(new Member("self", "self:1", self.origin(), 1, Member.INCARNATION_MAX - 1, true)));
        assertEquals(Member.INCARNATION_MAX, memberTable.self().incarnation());
        assertTrue(memberTable.self().possible());
    }

    @Test
    void aNewRunIsHeardWhateverWasSaidInItsName() {
        memberTable.recordStatus(member("a", 0, Member.INCARNATION_MAX), VITAL);
        NodeStatus next = new NodeStatus(1, NodeMode.NORMAL, true, 0, 0, 0, 0, 0, Coverage.NONE,
                VITAL.digests(), Map.of());
        memberTable.recordStatus(member("a", 0, 2), next);
        assertEquals("a alive 2", seen());
    }

    @Test
    void thereIsRoomForSoManyMembersOnly() {
        for (int i = 0; i < GossipMessage.OTHERS_MAX; i++) {
            assertEquals(MemberTable.JoinResult.MEMBER,
                    memberTable.recordStatus(member("m" + i, i, 1), VITAL));
        }
        assertEquals(MemberTable.JoinResult.FULL, memberTable.recordStatus(member("one-more", 1, 1), VITAL));
        assertEquals(MemberTable.JoinResult.MEMBER, memberTable.recordStatus(member("m1", 1, 2), VITAL));
        clock.advance(MemberTable.REMOVED_MS);
        memberTable.age();
        assertEquals(MemberTable.JoinResult.MEMBER,
                memberTable.recordStatus(member("one-more", 1, 1), VITAL));
    }

    @Test
    void looksForNobodyWhereNoNodeCanBe() {
        memberTable.remember("127.0.0.1:80/a?b=");
        memberTable.remember("user@host:80");
        memberTable.remember("unknown");
        assertEquals(List.of("seed:1"), memberTable.addresses());
    }

    @Test
    void ofTwoRowsTheNewerIncarnationCounts() {
        memberTable.recordStatus(member("a", 0, 2), VITAL);
        memberTable.recordStatus(member("a", 0, 1), VITAL);
        assertEquals("a alive 2", seen());
        memberTable.learnFromOthers(List.of(member("a", 0, 1).asRemoved()));
        assertEquals("a alive 2", seen(), "stale news");
        memberTable.learnFromOthers(List.of(member("a", 0, 2).asRemoved()));
        assertEquals("a left 2", seen());
        assertEquals(MemberTable.JoinResult.DEPARTED, memberTable.recordStatus(member("a", 0, 2), VITAL));
        assertEquals("a left 2", seen());
        assertEquals(MemberTable.JoinResult.MEMBER, memberTable.recordStatus(member("a", 0, 3), VITAL));
        assertEquals("a alive 3", seen());
    }

    @Test
    void whoHasLeftIsNotAskedForOnOldHearsay() {
        memberTable.recordStatus(member("a", 0, 2), VITAL);
        memberTable.remove("a", Optional.empty());
        assertEquals(List.of("seed:1"), memberTable.addresses());
        memberTable.learnFromOthers(List.of(member("a", 0, 2), member("a", 0, 1)));
        assertEquals(List.of("seed:1"), memberTable.addresses());
        clock.advance(MemberTable.REMOVED_MS);
        memberTable.age();
        memberTable.learnFromOthers(List.of(member("a", 0, 2)));
        assertEquals(List.of("seed:1"), memberTable.addresses(), "nor when it is off the list");
        memberTable.learnFromOthers(List.of(member("a", 0, 3)));
        assertEquals(List.of("a:1", "seed:1"), memberTable.addresses());
    }

    @Test
    void thatThisNodeHasLeftIsRefuted() {
        assertFalse(memberTable.takeChanged());
        memberTable.learnFromOthers(List.of(member("self", 0, 4).asRemoved()));
        assertEquals(5, memberTable.self().incarnation(), "of an older incarnation");
        memberTable.learnFromOthers(List.of(member("self", 0, 9).asRemoved()));
        assertEquals(10, memberTable.self().incarnation());
        assertTrue(memberTable.takeChanged());
        assertFalse(memberTable.takeChanged());
    }

    @Test
    void twoLivesNeverShareAnId() {
        memberTable.recordStatus(member("a", 0, 1), VITAL);
        Member elsewhere = new Member("a", "elsewhere:1", member("a", 1, 9).origin(), 1, 9, false);
        assertEquals(MemberTable.JoinResult.DUPLICATE, memberTable.recordStatus(elsewhere, VITAL));
        assertEquals(MemberTable.JoinResult.DUPLICATE, memberTable.recordStatus(member("self", 1, 9), VITAL));
        assertEquals(MemberTable.JoinResult.DUPLICATE, memberTable.recordStatus(
                new Member("copy", "copy:1", memberTable.self().origin(), 1, 1, false), VITAL));
        assertEquals(MemberTable.JoinResult.MEMBER, memberTable.recordStatus(memberTable.self(), VITAL),
                "a seed may be this node itself");
        clock.advance(3_000);
        assertEquals(MemberTable.JoinResult.MEMBER, memberTable.recordStatus(elsewhere, VITAL));
        assertEquals("a alive 9", seen());
    }

    /** A directory that was begun anew, or found to be a copy, has another id at once. */
    @Test
    void aNodeMayHaveAnotherDirectoryAtItsAddress() {
        memberTable.recordStatus(member("a", 0, 1), VITAL);
        assertEquals(MemberTable.JoinResult.MEMBER, memberTable.recordStatus(member("a", 1, 9), VITAL));
        assertEquals("a alive 9", seen());
    }

    @Test
    void addressesAreBounded() {
        for (int i = 0; i < 2 * MemberTable.ADDRESSES_MAX; i++) {
            memberTable.learnFromOthers(List.of(member("m" + i, 0, 1)));
        }
        assertEquals(MemberTable.ADDRESSES_MAX, memberTable.addresses().size());
        for (int i = 0; i < 2 * MemberTable.ADDRESSES_MAX; i++) {
            memberTable.learnFromOthers(List.of(member("m" + i, 0, 1).asRemoved()));
        }
        assertEquals(List.of("seed:1"), memberTable.addresses(), "a seed stays");
    }

    @Test
    void whoIsOffTheListIsStillLookedFor() {
        memberTable.recordStatus(member("a", 0, 1), VITAL);
        clock.advance(MemberTable.REMOVED_MS - 1);
        memberTable.age();
        assertEquals("a failed 1", seen());
        clock.advance(1);
        memberTable.age();
        assertEquals("", seen());
        assertTrue(memberTable.wanted("a:1"));
        memberTable.forget("a:1");
        assertFalse(memberTable.wanted("a:1"), "unless somebody else is there");
        memberTable.forget("seed:1");
        assertTrue(memberTable.wanted("seed:1"));
    }
}
