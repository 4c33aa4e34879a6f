package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import kvs.auth.ReservedKeyCheck;
import kvs.cluster.SimCluster.Node;
import kvs.cluster.SimCluster.Start;
import kvs.model.Coverage;
import kvs.model.Dot;
import kvs.model.Key;
import kvs.model.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The versions that another node with the secret may send: those that a client could have written there. */
class VersionReceiverTest {

    private static final String ID = "3f2504e0-4f89-11d3-9a0c-0305e82c3301";

    private static Version version(String key, String json) {
        return new Version(key(key), new UUID(8, 8), 5, new Dot(new UUID(1, 2), 3), 4, Version.Lineage.NEW,
                Version.NOBODY, Version.NOBODY,
                Version.FOREVER, json.isEmpty(), json.getBytes(StandardCharsets.UTF_8));
    }

    private static Key key(String text) {
        return Key.ofBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "users/john", "a/metadata/b", "\u00e9/\ud83d\ude00", "a b", "a\\b"})
    void aPathIsTaken(String key) {
        assertTrue(VersionReceiver.possible(version(key, "{\"n\":1}")));
        assertTrue(VersionReceiver.possible(version(key, "")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "a/", "/a", "a//b", ".", "a/..", "_batch", "_x/y", "metadata", "a/metadata",
        "a\nb", "\u0001", "a\u0085", "\u2028"})
    void whatIsNoPathIsNot(String key) {
        assertFalse(VersionReceiver.possible(version(key, "1")));
    }

    @Test
    void whatIsNoTextIsNot() {
        Key key = Key.ofBytes(new byte[] {'a', (byte) 0xc0, (byte) 0xaf});
        Version one = version("a", "1");
        assertFalse(VersionReceiver.possible(new Version(key, one.uuid(), 5, one.dot(), 4, one.lineage(),
                one.author(), one.owner(), one.expires(), false, one.data())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "nul", "{\"a\":1,\"a\":2}", "\"\\ud800\"", "1 2", "\u0000"})
    void whatIsNoJsonIsNot(String json) {
        assertFalse(VersionReceiver.possible(version("a", json)));
        assertFalse(VersionReceiver.possible(version("\0user/" + ID, json)));
    }

    @ParameterizedTest
    @CsvSource({"-1, 0, 0, 0, 0, 1", "300000000000000, 0, 0, 0, 0, 1", "1, -1, 0, 0, 0, 1",
        "1, 0, -1, 0, 0, 1", "1, 0, 0, -1, 0, 1",
        "1, 0, 0, 0, -1, 1", "1, 0, 0, 0, 0, 0", "1, 0, 0, 0, 0, -5", "1, 300000000000000, 0, 0, 0, 1"})
    void timesAndNumbersHaveBounds(long timestamp, long joined, long previous, long shadows,
            long expires, long seq) {
        Version one = version("a", "1");
        assertTrue(VersionReceiver.possible(one));
        assertFalse(VersionReceiver.possible(new Version(one.key(), one.uuid(), timestamp,
                new Dot(new UUID(1, 2), seq), joined, new Version.Lineage(previous, shadows), one.author(),
                one.owner(), expires, false, one.data())));
    }

    @ParameterizedTest
    @CsvSource({"user/ID, true", "user/x, false", "user/, false", "user/ID/, false", "user/IDx, false",
        "group/ID, true", "group/../x, false", "gone/ID, true", "gone/1, false", "revoked/ID, true",
        "revoked/ID/ID, false", "member/ID/ID, true", "member/ID, false",
        "member/ID/x, false", "token/ID/ID, true", "token/ID-ID, false", "meta/, true", "meta/a/b, true",
        "meta/a//b, false", "meta/_x, false", "meta/a/, false", "meta/a0ID, true", "meta/a0+ID, true",
        "meta/a0+, true", "meta/0ID, true", "meta/a0, false", "meta/a0x, false",
        "meta/a0ID0ID, false", "bootstrap-done, true", "later/kind, true", "x, true"})
    void reservedKeysHaveTheFormOfTheirKind(String text, boolean possible) {
        String key = "\0" + text.replace("0", "\0").replace("ID", ID);
        assertEquals(possible, ReservedKeyCheck.possible(key(key)), text);
        assertEquals(possible, VersionReceiver.possible(version(key, "{}")));
    }

    /** Versions that are left out hold up nothing: all others arrive, are covered, and continue to arrive. */
    @Test
    void whatIsLeftOutHoldsNothingUp() {
        SimCluster cluster = new SimCluster(1);
        Node liar = cluster.start(new Start("a"));
        cluster.run(1_000);
        liar.write("before", "1", 0);
        liar.write("\0user/x", "{}", 0);
        liar.write("a//b", "1", 0);
        liar.write("nojson", "{", 0);
        Node honest = cluster.start(new Start("b", "a"));
        cluster.run(10_000);
        liar.write("\0token/x", "{}", 0);
        liar.write("after", "2", 0);
        cluster.run(5_000);
        assertEquals("1 2", honest.value("before") + " " + honest.value("after"));
        assertEquals("", honest.value("\0user/x") + honest.value("\0token/x") + honest.value("a//b")
                + honest.value("nojson"));
        assertTrue(honest.coverageTracker.whole());
        Coverage covered = honest.store.covered();
        assertEquals(liar.store.own(), covered.of(liar.store.origin()));
        assertTrue(honest.replication.problems().toString().contains("left out"),
                honest.replication.problems().toString());
    }

    @Test
    void whatIsLeftOutIsAProblemWhileTheMemberHoldsIt() {
        SimCluster cluster = new SimCluster(1);
        Node liar = cluster.start(new Start("a"));
        cluster.run(1_000);
        liar.write("nojson", "{", 0);
        Node honest = cluster.start(new Start("b", "a"));
        cluster.run(10_000);
        assertTrue(honest.replication.problems().toString().contains("left out"),
                honest.replication.problems().toString());
        liar.write("nojson", "1", 0);
        cluster.run(10_000);
        assertEquals("1", honest.value("nojson"));
        assertEquals(List.of(), honest.replication.problems());
    }

    /**
     * Documents that deflate well: a page of them is merged in parts, so that they are never all in memory at
     * once.
     */
    @Test
    void aPageThatInflatesIsMergedInParts() {
        SimCluster cluster = new SimCluster(2);
        Node writer = cluster.start(new Start("a"));
        cluster.run(1_000);
        String large = "\"" + "z".repeat(3 << 20) + "\"";
        for (int i = 0; i < 8; i++) {
            writer.write("large/" + i, large, 0);
        }
        Node reader = cluster.start(new Start("b", "a"));
        cluster.run(20_000);
        for (int i = 0; i < 8; i++) {
            assertEquals(large.length(), reader.value("large/" + i).length());
        }
        assertEquals(writer.root(), reader.root());
        assertEquals(writer.store.own(), reader.store.covered().of(writer.store.origin()));
    }
}
