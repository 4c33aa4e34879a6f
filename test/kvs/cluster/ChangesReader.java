package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import kvs.cluster.SimCluster.Node;
import kvs.documents.AccessContext;
import kvs.documents.Changes;
import kvs.documents.ClientPosition;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.tree.Entry;
import kvs.tree.KeyRange;
import kvs.tree.TreeCursor;

/**
 * A client that follows what changes, now on this node, now on that one, and keeps in mind what it was told.
 */
final class ChangesReader {

    private static final Changes.Query QUERY = new Changes.Query(new byte[0], 5);
    private static final int PAGES_MAX = 10_000;

    /** What it believes to be alive, by path. */
    final Map<String, UUID> known = new TreeMap<>();
    private ClientPosition position = Changes.start();
    long told;
    long gone;

    /** Reads a page on a node; whether there is more at once. A node that is behind is left alone. */
    boolean read(Node node) {
        try {
            if (node.replication.lost(position.covered())) {
                throw new Refusal(Reason.POSITION_GONE, "writes are lost");
            }
            Changes.Page page = node.changes.page(position, QUERY, AccessContext.ALL);
            page.changes().forEach(change -> take(change.entry(), change.kind() == Changes.Kind.LIVES));
            told += page.changes().size();
            position = ClientPosition.parse(page.next().text()).orElseThrow();
            return page.more();
        } catch (Refusal refusal) {
            boolean lost = refusal.reason() == Reason.POSITION_GONE;
            if (lost) {
                gone++;
                list(node);
            }
            return lost;
        }
    }

    /** Whether a node has not come as far as this reader, and nothing that it knows is lost. */
    boolean waits(Node node) {
        return !node.replication.lost(position.covered())
                && node.coverageTracker.shown().filter(here -> here.covers(position.covered())).isEmpty();
    }

    private void take(Entry entry, boolean lives) {
        String path = new String(entry.key(), StandardCharsets.UTF_8);
        if (lives) {
            known.put(path, new UUID(entry.uuidHigh(), entry.uuidLow()));
        } else {
            known.remove(path);
        }
    }

    private void list(Node node) {
        position = node.changes.now().orElse(position);
        known.clear();
        known.putAll(living(node));
    }

    static Map<String, UUID> living(Node node) {
        Map<String, UUID> living = new TreeMap<>();
        TreeCursor scan = node.store.root().tree().scan(new KeyRange(new byte[] {1}, Optional.empty()));
        while (scan.next()) {
            if (!scan.entry().deadAt(node.clock.wallMs())) {
                living.put(new String(scan.entry().key(), StandardCharsets.UTF_8),
                        new UUID(scan.entry().uuidHigh(), scan.entry().uuidLow()));
            }
        }
        return living;
    }

    /** Reads to the end. */
    void drain(Node node) {
        int pages = 0;
        while (read(node)) {
            assertEquals(true, ++pages < PAGES_MAX, "a reader must come to an end");
        }
    }
}
