package kvs.documents;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import kvs.store.StoreView;
import kvs.tree.ExpiredTotals;
import kvs.tree.KeyRange;
import kvs.tree.RangeTotals;

/**
 * The totals of the living keys in a range at a moment, without a scan: some microseconds for a range of any
 * size.
 *
 * @param count number of keys
 * @param bytes size of those keys and their documents
 */
public record PrefixTotals(long count, long bytes) {

    /**
     * Nodes that may be visited for expired keys: two milliseconds, 100,000 keys; if more have expired, there
     * are no totals.
     */
    private static final int NODES_MAX = 2_000;

    /** The totals of users' keys below a prefix, empty when they cannot be computed quickly. */
    public static Optional<PrefixTotals> below(StoreView root, byte[] prefix, long now) {
        KeyRange range = Listing.users(KeyRange.prefix(prefix));
        RangeTotals summary = root.tree().summary(range);
        return root.tree().expired(range, now, NODES_MAX).map(expired ->
                new PrefixTotals(summary.live() - expired.count(), summary.bytes() - expired.bytes()));
    }

    /**
     * The tag of a view of a range: it changes when anything in the range does, and when something expires.
     * Empty when it cannot be computed quickly.
     *
     * @param view everything else that decides what is shown: the query, in a fixed form
     */
    public static Optional<EntityTag> tag(StoreView root, KeyRange range, String view, long now) {
        KeyRange users = Listing.users(range);
        Optional<ExpiredTotals> expired = root.tree().expired(users, now, NODES_MAX);
        return expired.map(dead -> {
            MessageDigest sha256 = sha256();
            sha256.update(root.tree().summary(users).digest());
            sha256.update((dead.count() + " " + view).getBytes(StandardCharsets.UTF_8));
            return EntityTag.of(sha256.digest());
        });
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
