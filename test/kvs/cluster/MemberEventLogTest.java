package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import kvs.cluster.SimCluster.Start;
import kvs.model.NodeMode;
import org.junit.jupiter.api.Test;

/** Events of the cluster in the logs of its nodes: a line each, with the reason and the silence so far. */
class MemberEventLogTest {

    private static final long MINUTE_MS = 60_000;

    private final SimCluster cluster = new SimCluster(1);

    private void three() {
        cluster.start(new Start("a"));
        cluster.start(new Start("b", "a"));
        cluster.start(new Start("c", "a", "b"));
        cluster.run(2_000);
        cluster.nodes.values().forEach(node -> node.logged.reset());
    }

    private SimCluster.Node node(String id) {
        return cluster.nodes.get(id);
    }

    private List<String> lines(String id) {
        return node(id).logged.toString(StandardCharsets.UTF_8).lines()
                .map(line -> line.replaceAll("\"time\":\"[^\"]*\",", "")).toList();
    }

    /** One line on that node since the last look, which matches. */
    private void one(String id, String regex) {
        List<String> lines = lines(id);
        assertTrue(lines.size() == 1 && lines.get(0).matches(".*" + regex + ".*"),
                id + " does not say once " + regex + ": " + lines);
        node(id).logged.reset();
    }

    private void none(String id) {
        assertEquals(List.of(), lines(id), id);
    }

    @Test
    void namesWhoJoins() {
        three();
        cluster.start(new Start("d", "a"));
        cluster.run(MINUTE_MS);
        for (String id : List.of("a", "b", "c")) {
            List<String> lines = lines(id);
            assertEquals(2, lines.size(), lines.toString());
            assertTrue(lines.get(0).contains("\"info\",\"message\":\"a member joined\",\"member\":\"d\","
                    + "\"address\":\"d:1\",\"mode\":\"syncing\""));
            assertTrue(lines.get(1).contains("\"a member changed its"
                    + " mode\",\"member\":\"d\",\"from\":\"syncing\",\"to\":\"normal\""));
        }
    }

    @Test
    void namesWhoIsKilledAndReturnsOnEveryNode() {
        three();
        cluster.kill("b");
        cluster.run(MINUTE_MS);
        for (String id : List.of("a", "c")) {
            one(id, "warn.*\"a member is suspect\",\"member\":\"b\",\"address\":\"b:1\","
                    + "\"silent_ms\":3[0-9]{3},\"reason\":\"no response");
        }
        cluster.run(5 * MINUTE_MS);
        one("a", "\"a member has failed\".*\"silent_ms\":300[0-9]{3}");
        one("c", "\"a member has failed\"");
        cluster.restart("b");
        cluster.run(6_000);
        for (String id : List.of("a", "c")) {
            List<String> lines = lines(id);
            assertEquals(2, lines.size(), lines.toString());
            assertTrue(lines.get(0).matches(
                    ".*\"a member returned\",\"member\":\"b\".*\"silent_ms\":3[0-9]{5}.*"), lines.toString());
            assertTrue(lines.get(1).contains("\"a member was restarted\",\"member\":\"b\""),
                lines.toString());
        }
    }

    @Test
    void namesWhoIsTakenFromTheList() {
        three();
        cluster.kill("b");
        cluster.run(9 * MINUTE_MS);
        node("a").logged.reset();
        cluster.run(2 * MINUTE_MS);
        one("a", "\"a member was removed from the list; this node keeps trying its address\","
                + "\"member\":\"b\"");
    }

    /** SIGSTOP: the process stands still and goes on. */
    @Test
    void namesWhoPauses() {
        three();
        node("b").frozen = true;
        cluster.run(20_000);
        one("a", "\"a member is suspect\",\"member\":\"b\"");
        one("c", "\"a member is suspect\",\"member\":\"b\"");
        node("b").frozen = false;
        cluster.run(5_000);
        one("a", "\"a member returned\",\"member\":\"b\".*\"silent_ms\":(19|2[0-9])[0-9]{3}");
        one("c", "\"a member returned\",\"member\":\"b\"");
    }

    @Test
    void tellsWhoLeftFromWhoWasRemoved() {
        three();
        node("b").membership.leave();
        cluster.run(20_000);
        one("a", "\"a member left\",\"member\":\"b\"."
                + "*\"reason\":\"(its own report|a report of another member.*)\"");
        assertEquals(1, lines("c").stream().filter(
                line -> line.contains("\"a member left\",\"member\":\"b\"")).count(), lines("c").toString());
        one("b", "\"this node left its cluster\"");
        cluster.kill("c");
        cluster.run(5_000);
        one("a", "\"a member is suspect\",\"member\":\"c\"");
        node("a").membership.remove("c", Optional.empty());
        cluster.run(20_000);
        one("a", "\"a member left\",\"member\":\"c\".*\"reason\":\"an administrator removed it here\"");
    }

    @Test
    void namesWhoIsRemovedAndSaysThatItLives() {
        three();
        node("a").membership.remove("b", Optional.empty());
        cluster.run(5_000);
        List<String> lines = lines("a");
        assertEquals(2, lines.size(), lines.toString());
        assertTrue(lines.get(0).contains("\"a member left\"")
                && lines.get(1).contains("\"a member that had left returned\""), lines.toString());
        one("b", "\"a departure of this node was reported wrongly: this node has refuted it\"");
    }

    @Test
    void namesRestartNewAddressNewLifeAndMode() {
        three();
        cluster.restart("b");
        cluster.run(2_500);
        one("a", "\"a member was restarted\",\"member\":\"b\"");
        cluster.kill("c");
        cluster.run(5_000);
        node("a").logged.reset();
        cluster.start(new Start("c", "a", "b").at("moved:1"));
        cluster.run(20_000);
        List<String> lines = lines("a");
        assertEquals(5, lines.size(), lines.toString());
        assertTrue(lines.get(0).contains("\"a member returned\"") && lines.get(1)
                .contains("\"a member began a new life") && lines.get(2).contains("\"a member changed its"
                        + " address\",\"member\":\"c\",\"from\":\"c:1\",\"to\":\"moved:1\""),
                lines.toString());
        node("a").logged.reset();
        node("b").mode = NodeMode.READ_ONLY;
        cluster.run(20_000);
        one("a", "\"a member changed its mode\",\"member\":\"b\",\"from\":\"normal\",\"to\":\"read-only\"");
    }

    @Test
    void namesANewAddressOfTheSameDirectory() {
        three();
        cluster.move("b", "elsewhere:1");
        cluster.run(20_000);
        assertEquals(1, lines("a").stream().filter(line -> line.contains("\"a member changed its"
                + " address\",\"member\":\"b\",\"from\":\"b:1\",\"to\":\"elsewhere:1\"")).count(),
                lines("a").toString());
    }

    @Test
    void namesADuplicateOnceOnBothSides() {
        three();
        cluster.start(new Start("b", "a").at("other:1"));
        cluster.run(MINUTE_MS);
        one("a", "\"a peer has a problem\",\"address\":\"other:1\",\"what\":\"the node there"
                + " calls itself b");
        assertEquals(1, lines("b").stream()
                .filter(line -> line.contains("another node has the node_id b already")).count());
        cluster.kill("b");
        cluster.run(MINUTE_MS);
        one("a", "\"a peer with a problem is silent\",\"address\":\"other:1\"");
    }

    @Test
    void namesSeedsThatNeverAnswerAndThoseThatDoLater() {
        cluster.start(new Start("c", "a", "b"));
        cluster.run(MINUTE_MS);
        List<String> lines = lines("c");
        assertEquals(2, lines.size(), lines.toString());
        assertTrue(lines.get(0).matches(".*\"a seed does not"
                + " respond\",\"address\":\"a:1\",\"silent_ms\":10[0-9]{3},\"reason\":\"no response.*"),
                lines.get(0));
        node("c").logged.reset();
        cluster.start(new Start("b"));
        cluster.run(20_000);
        lines = lines("c");
        assertEquals(2, lines.size(), lines.toString());
        assertTrue(lines.toString().contains("\"a member joined\",\"member\":\"b\"")
                && lines.toString().contains("\"a seed responds\""), lines.toString());
        node("c").logged.reset();
        cluster.run(20_000);
        none("c");
    }
}
