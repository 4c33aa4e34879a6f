package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import kvs.cluster.SimCluster.Node;
import kvs.cluster.SimCluster.Start;
import kvs.documents.AccessContext;
import kvs.documents.ConflictPage;
import kvs.documents.Documents;
import kvs.documents.KeyHistory;
import kvs.documents.ModeSwitch;
import kvs.model.Key;
import kvs.model.NodeMode;
import kvs.model.Version;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes that could not hear each other wrote one key: what both show of it afterwards. */
class ConflictTest {

    private final SimCluster cluster = new SimCluster(1);

    @BeforeEach
    void two() {
        cluster.start(new Start("a", "b"));
        cluster.run(1_000);
        cluster.start(new Start("b", "a"));
        cluster.run(10_000);
    }

    private Node node(String id) {
        return cluster.nodes.get(id);
    }

    private Documents documents(String id) {
        return new Documents(node(id).store, node(id).clock, new ModeSwitch(NodeMode.NORMAL),
                new Documents.Settings(4_096, 0));
    }

    private KeyHistory timeline(String id) {
        return documents(id).history().of(Key.of("k"), AccessContext.ALL).orElseThrow();
    }

    /** The documents of the key's history; a loser has an exclamation mark, a deletion is a dash. */
    private String history(String id) {
        KeyHistory timeline = timeline(id);
        return String.join(" ", timeline.shown().stream().map(one -> {
            Version version = documents(id).history().read(timeline, one);
            return (version.deleted() ? "-" : new String(version.data(), StandardCharsets.UTF_8))
                    + (one.conflict() ? "!" : "");
        }).toList());
    }

    private List<ConflictPage.KeyConflict> disputes(String id) {
        return ConflictPage.page(documents(id), new byte[0], Optional.empty(), 10, AccessContext.ALL).items();
    }

    private void apart(String onA, String onB) {
        cluster.cut("a", "b");
        var a = node("a").write("k", onA, 0);
        var b = node("b").write("k", onB, 0);
        cluster.run(100);
        a.join();
        b.join();
        cluster.run(5_000);
        cluster.mend("a", "b");
        cluster.run(10_000);
        assertTrue(cluster.equal());
    }

    @Test
    void ofEqualTimestampsBothShowTheSameWinner() {
        apart("1", "2");
        List<Version> both = timeline("b").shown().stream().map(one -> one.version().orElseThrow()).toList();
        assertEquals(both.get(0).timestamp(), both.get(1).timestamp());
        assertEquals("1 2!", history("b"), "the older node's wins, and who wrote the other one keeps it");
        assertEquals(
                List.of(new ConflictPage.KeyConflict("k", both.get(0).uuid(), List.of(both.get(1).uuid()))),
                disputes("b"));
        for (String id : List.of("a", "b")) {
            assertEquals("1", node(id).value("k"));
            assertEquals(both.get(0).uuid(), ((KeyHistory.Live) timeline(id).at(both.get(0).timestamp()))
                    .revision().version().orElseThrow().uuid());
        }
    }

    @Test
    void aLoserSurvivesARestartAndAWriteResolvesIt() {
        apart("1", "2");
        cluster.restart("b");
        cluster.run(10_000);
        assertEquals("1 2!", history("b"));
        node("b").write("k", "3", 0);
        cluster.run(1_000);
        assertEquals("3 1 2", history("b"));
        assertTrue(disputes("b").isEmpty());
    }

    /** Who deleted it did not know of the other write, so that is not lost without a word. */
    @Test
    void aDeletionThatWinsLeavesTheLoser() {
        node("a").write("k", "0", 0);
        cluster.run(1_000);
        apart("", "2");
        assertEquals("", node("b").value("k"));
        assertEquals("- 2! 0", history("b"));
        assertFalse(disputes("b").isEmpty());
    }

    @Test
    void pagesGoOnBehindWhatWasShown() {
        cluster.cut("a", "b");
        for (int i = 0; i < 5; i++) {
            for (String id : List.of("a", "b")) {
                node(id).write("k/" + i, "\"" + id + "\"", 0);
            }
            node("a").write("n/" + i, "1", 0);
        }
        cluster.run(5_000);
        cluster.mend("a", "b");
        cluster.run(10_000);
        ConflictPage first = ConflictPage.page(documents("b"), "k/".getBytes(StandardCharsets.UTF_8),
                Optional.empty(), 3, AccessContext.ALL);
        assertEquals(Optional.of("k/2"), first.next());
        ConflictPage rest = ConflictPage.page(documents("b"), "k/".getBytes(StandardCharsets.UTF_8),
                first.next(), 3, AccessContext.ALL);
        assertEquals(List.of("k/3", "k/4"),
                rest.items().stream().map(ConflictPage.KeyConflict::path).toList());
        assertEquals(Optional.empty(), rest.next());
    }
}
