package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The facts that members report about themselves: shown to people, so checked at the door. */
class NodeFactsTest {

    private static Optional<NodeFacts> received(byte[] field) {
        return received(Map.of(NodeFacts.TAG, field));
    }

    private static Optional<NodeFacts> received(Map<Integer, byte[]> fields) {
        return NodeFacts.of(NodeStatus.UNKNOWN.with(fields));
    }

    private static byte[] field(long uptimeMs, long free, String version) {
        byte[] name = version.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(16 + name.length).putLong(uptimeMs).putLong(free).put(name).array();
    }

    @Test
    void arriveAsTheyWereSent() {
        for (NodeFacts facts : List.of(new NodeFacts("0.1.0", 5, OptionalLong.of(7), OptionalLong.empty()),
                new NodeFacts("1.2.3-rc.1+a_B", 0, OptionalLong.empty(), OptionalLong.of(0)),
                new NodeFacts("", 1, OptionalLong.of(0), OptionalLong.of(1_800_000_000_000L)))) {
            assertEquals(Optional.of(facts), received(facts.fields()));
        }
        assertEquals(32, received(new NodeFacts("9".repeat(99), 1, OptionalLong.empty(),
                OptionalLong.empty()).fields()).orElseThrow().version().length(), "a long version is cut");
    }

    @Test
    void areIgnoredWhenTheyCannotBeTrue() {
        for (byte[] bad : List.of(new byte[0], new byte[15], field(-1, 0, "1"), field(0, -2, "1"),
                field(0, 0, "a b"), field(0, 0, "<b>"), field(0, 0, "\u001b[31m"), field(0, 0, "ü"),
                field(0, 0, "1".repeat(33)))) {
            assertEquals(Optional.empty(), received(bad));
        }
        for (byte[] bad : List.of(new byte[0], new byte[7], new byte[9],
                ByteBuffer.allocate(8).putLong(-1).array(),
                ByteBuffer.allocate(8).putLong(Long.MAX_VALUE).array())) {
            assertEquals(OptionalLong.empty(), received(Map.of(NodeFacts.TAG, field(0, 0, "1"),
                    NodeFacts.CERTIFICATE, bad)).orElseThrow().certificateEndsMs());
        }
        assertEquals(Optional.empty(), NodeFacts.of(NodeStatus.UNKNOWN), "an older member reports none");
    }
}
