package kvs.documents;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.log.VersionChain;
import kvs.model.Version;
import kvs.store.StoreView;
import kvs.tree.Entry;
import kvs.tree.TreeCursor;

/**
 * A page of the keys whose history holds versions that lost a conflict that is not resolved: dead keys too,
 * because the author of a deletion may not have known of the other version. It scans the index, some 20
 * million keys a second; the disk is read only for keys in dispute.
 *
 * @param items in key order
 * @param next the last key shown, when more may follow
 */
public record ConflictPage(List<KeyConflict> items, Optional<String> next) {

    /** Approximate bytes of a loser in a response. */
    private static final int LOSER_BYTES = 40;

    /**
     * A key in dispute.
     *
     * @param winner its present version
     * @param losers the losing versions that the caller sees, the greatest first; without unreadable ones,
     *     whose id is not known
     */
    public record KeyConflict(String path, UUID winner, List<UUID> losers) { }

    /** The page that the caller may see. */
    public static ConflictPage page(Documents documents, byte[] prefix, Optional<String> after, int limit,
            AccessContext access) {
        StoreView root = documents.root();
        long now = documents.now();
        AccessContext.Grants grants = access.on(root);
        TreeCursor scan = root.tree().scan(RangePage.range(RangePage.RangeQuery.below(prefix, after, limit)));
        List<KeyConflict> items = new ArrayList<>();
        long bytes = 0;
        while (scan.next()) {
            Entry entry = scan.entry();
            Optional<KeyConflict> conflict = VersionChain.disputed(entry.past()) ? documents.history()
                    .of(root, entry, now, grants).flatMap(ConflictPage::of) : Optional.empty();
            if (conflict.isPresent() && (items.size() >= limit || bytes >= DocumentLimits.PAGE_BYTES_MAX)) {
                return new ConflictPage(items, Optional.of(items.get(items.size() - 1).path));
            }
            conflict.ifPresent(items::add);
            bytes += conflict.map(one -> Listing.ITEM_BYTES + entry.key().length
                    + (long) LOSER_BYTES * one.losers.size()).orElse(0L);
        }
        return new ConflictPage(items, Optional.empty());
    }

    private static Optional<KeyConflict> of(KeyHistory timeline) {
        List<KeyHistory.Revision> lost = timeline.shown().stream()
                .filter(KeyHistory.Revision::conflict).toList();
        List<UUID> losers = lost.stream().flatMap(one -> one.version().stream()).map(Version::uuid).toList();
        UUID winner = new UUID(timeline.entry().uuidHigh(), timeline.entry().uuidLow());
        return lost.isEmpty() ? Optional.empty()
                : Optional.of(new KeyConflict(RangePage.path(timeline.entry()), winner, losers));
    }
}
