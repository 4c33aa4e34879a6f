package kvs.auth;

import java.util.Optional;
import java.util.UUID;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.store.StoreView;
import kvs.tree.TreeCursor;

/**
 * The hand-over of a subtree to another owner, or to nobody: the owner of paths below may change, the
 * metadata in force there does not. So metadata that the former owner had set below becomes the next one's,
 * down to the next path on which an administrator has set metadata.
 */
final class OwnershipTransfer {

    /** Highest number of records to move: as many as an atomic batch holds. */
    private static final int MOVES_MAX = 10_000;
    private static final byte SLASH = '/';

    private final StoreView view;
    private final MetadataLookup records;
    private final long now;
    private final MetadataWriteSet writes;
    private int moves;

    OwnershipTransfer(StoreView view, MetadataLookup records, long now, MetadataWriteSet writes) {
        this.view = view;
        this.records = records;
        this.now = now;
        this.writes = writes;
    }

    /**
     * Removes metadata that owners of the subtree have set on exactly that path: the metadata of an
     * administrator replaces it.
     */
    void clear(byte[] path) {
        TreeCursor scan = view.tree().scan(MetadataKey.rulers(path, path.length));
        while (scan.next()) {
            if (!scan.entry().deadAt(now)) {
                MetadataKey.of(scan.entry().key()).ifPresent(writes::remove);
            }
        }
    }

    /**
     * Moves metadata that {@code former} had set below a path to {@code next}; metadata that {@code next} had
     * set before they owned the subtree stays without force.
     */
    void move(byte[] path, UUID former, UUID next) {
        TreeCursor scan = view.tree().scan(MetadataKey.below(path, path.length));
        while (scan.next()) {
            Optional<MetadataKey> found = MetadataKey.of(scan.entry().key());
            if (found.isEmpty()) {
                continue;
            }
            MetadataKey slot = found.get();
            if (slot.kind() == MetadataKey.Kind.OWN_KEYS) {
                scan.seek(MetadataKey.all(slot.path(), slot.path().length).to().orElseThrow());
            } else if (slot.kind() == MetadataKey.Kind.RULER && !scan.entry().deadAt(now)
                    && follows(slot.path(), path.length)) {
                move(slot, former, next);
            }
        }
    }

    /**
     * Whether no administrator has set metadata from a path up to the one that is handed over, whose bytes
     * are the first {@code top}.
     */
    private boolean follows(byte[] path, int top) {
        for (int length = path.length; length > top; length--) {
            boolean segment = length == path.length || path[length] == SLASH;
            if (segment && records.administrators(view, path, length, now).isPresent()) {
                return false;
            }
        }
        return true;
    }

    private void move(MetadataKey slot, UUID former, UUID next) {
        if (slot.user().equals(former)) {
            Metadata set = records.setting(view, slot, now).orElse(StoredMetadata.DENIED).metadata();
            writes.remove(slot);
            writes.put(new MetadataKey(slot.path(), MetadataKey.Kind.RULER, next),
                    new Metadata(next, set.group(), set.bits(), set.createdAt(), set.updatedAt()));
            moves++;
        } else if (slot.user().equals(next)
                && records.ruler(view, slot.path(), slot.path().length, former, now).isEmpty()) {
            writes.remove(slot);
            moves++;
        }
        if (moves > MOVES_MAX) {
            throw new Refusal(Reason.LIMIT_REACHED, "the owner of this subtree has set metadata on more than "
                    + MOVES_MAX
                    + " paths below: transfer it in parts");
        }
    }
}
