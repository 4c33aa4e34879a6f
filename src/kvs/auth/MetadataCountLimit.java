package kvs.auth;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.store.Transaction;
import kvs.tree.TreeCursor;

/**
 * Counts the records of metadata and enforces their limits. A walk over all records counts them; it is
 * repeated only when a limit is reached and records have changed since. Between walks the writes of this node
 * are added. Writer thread only.
 */
final class MetadataCountLimit {

    private static final long WALK_EVERY_MS = 1_000;

    private final Map<UUID, Integer> own = new HashMap<>();
    private int subtrees;
    private byte[] counted = {};
    private long walkedMs;
    private boolean walked;

    /**
     * Counts a record that is about to be created.
     *
     * @throws Refusal {@code LIMIT_REACHED}
     */
    void add(Transaction tx, MetadataKey slot) {
        boolean mine = slot.kind() == MetadataKey.Kind.OWN_KEYS;
        if (!walked || full(slot) && tx.wallMs() - walkedMs >= WALK_EVERY_MS
                && !Arrays.equals(counted, digest(tx))) {
            walk(tx);
        }
        if (full(slot)) {
            throw new Refusal(Reason.LIMIT_REACHED, mine ? "a user may set metadata of own keys on at most "
                    + MetadataAdmin.OWN_KEYS_MAX + " paths"
                    : MetadataAdmin.METADATA_MAX
                    + " paths have metadata already; set it on a higher path and let it be inherited");
        }
        count(slot);
    }

    private boolean full(MetadataKey slot) {
        return slot.kind() == MetadataKey.Kind.OWN_KEYS ? own.getOrDefault(slot.user(),
                0) >= MetadataAdmin.OWN_KEYS_MAX : subtrees >= MetadataAdmin.METADATA_MAX;
    }

    private void walk(Transaction tx) {
        own.clear();
        subtrees = 0;
        TreeCursor scan = tx.tree().scan(AccountKeys.METADATA);
        while (scan.next()) {
            if (!scan.entry().deadAt(tx.wallMs())) {
                MetadataKey.of(scan.entry().key()).ifPresent(this::count);
            }
        }
        counted = digest(tx);
        walkedMs = tx.wallMs();
        walked = true;
    }

    private void count(MetadataKey slot) {
        if (slot.kind() == MetadataKey.Kind.OWN_KEYS) {
            own.merge(slot.user(), 1, Integer::sum);
        } else {
            subtrees++;
        }
    }

    private static byte[] digest(Transaction tx) {
        return tx.tree().summary(AccountKeys.METADATA).digest();
    }
}
