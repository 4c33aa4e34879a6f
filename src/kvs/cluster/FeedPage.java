package kvs.cluster;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kvs.documents.RecentKeys;
import kvs.model.Coverage;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.store.Store;
import kvs.tree.Entry;
import kvs.tree.Tree;

/**
 * A page of a {@link Feed}, in the order of the log: a key stands at the place of its present version, and the places of superseded versions are
 * passed over. So no follower has a document before the lock, or anything else, that was in this log before it. Reserved keys stand at each of
 * their places with the version of that place, also those that came from other nodes: a lock that was changed later was a lock before.
 *
 * <p>What was passed over comes later. Until then the follower must not claim to have it: it is told up to where it has everything.
 * For one thread.
 */
final class FeedPage {

    static final int BYTES_MAX = Long.BYTES + SyncMessages.PAGE_BYTES_MAX;
    /** Stands for a version that cannot be read: who follows must not pass it. */
    private static final byte[] UNREADABLE = {};

    private final Store store;
    private final Events events;
    private final SyncMessages.PageBuilder page = new SyncMessages.PageBuilder();
    /** Of each key that was looked at the number of its present version in this log; 0 for none. */
    private final Map<Key, Long> places = new HashMap<>();
    private boolean gone;
    private boolean relays;

    /**
     * What is told, all of one moment.
     *
     * @param before events that were told to this follower already, but for what was passed over
     * @param since events that follow
     * @param mark the number up to which they go
     * @param tree the index of that moment
     * @param laws the entry of each of their reserved versions, by number
     * @param covered what the follower said last that it covers
     */
    record Events(List<RecentKeys.Item> before, List<RecentKeys.Item> since, long mark, Tree tree, Map<Long, Entry> laws,
            Coverage covered) { }

    /**
     * A page as a follower receives it.
     *
     * @param held up to where the follower has all own writes with it
     * @param mark where to go on
     */
    record ReceivedPage(long held, long mark, List<byte[]> frames) { }

    FeedPage(Store store, Events events) {
        this.store = store;
        this.events = events;
    }

    /** Whether something of other nodes is in it, which depends on who asks. */
    boolean relays() {
        return relays;
    }

    /** The body of the answer; empty when a version that must be told has been forgotten. */
    Optional<byte[]> encode(long held) {
        long mark = fill(held);
        if (gone) {
            return Optional.empty();
        }
        byte[] frames = page.encode(mark);
        return Optional.of(ByteBuffer.allocate(Long.BYTES + frames.length).putLong(whole(held, mark)).put(frames).array());
    }

    /** The page in these bytes; empty when they are none. Of the first release, which is not {@code ordered}, one number says both. */
    static Optional<ReceivedPage> decode(byte[] body, boolean ordered) {
        if (!ordered) {
            return SyncMessages.page(body).map(page -> new ReceivedPage(page.mark(), page.mark(), page.frames()));
        }
        if (body.length < Long.BYTES) {
            return Optional.empty();
        }
        long held = ByteBuffer.wrap(body).getLong();
        return SyncMessages.page(Arrays.copyOfRange(body, Long.BYTES, body.length)).filter(page -> held >= 0 && held <= page.mark())
                .map(page -> new ReceivedPage(held, page.mark(), page.frames()));
    }

    private long fill(long held) {
        long told = events.before.isEmpty() ? held : events.before.get(events.before.size() - 1).number();
        for (RecentKeys.Item item : events.since) {
            if (page.full()) {
                return told;
            }
            add(item);
            told = item.number();
        }
        return events.mark;
    }

    private void add(RecentKeys.Item item) {
        Optional<Entry> entry = events.tree.get(item.key());
        if (entry.isEmpty()) {
            return;
        }
        relays |= item.mark() != Feed.OWN;
        Key key = Key.ofBytes(item.key());
        boolean passed = places.getOrDefault(key, 0L) > item.number();
        Optional<Store.StoredVersion> present = passed ? Optional.empty() : store.held(entry.get());
        if (!passed) {
            places.put(key, present.map(Store.StoredVersion::seq).orElse(item.number()));
        }
        if (places.get(key) == item.number()) {
            add(item, present);
        } else if (item.key()[0] == 0) {
            add(item, superseded(item));
        }
    }

    /** What came from another node is told only to those who do not have it from there. */
    private void add(RecentKeys.Item item, Optional<Store.StoredVersion> held) {
        boolean known = item.mark() != Feed.OWN && held.filter(one -> events.covered.covers(one.version().dot())).isPresent();
        if (!known) {
            page.add(held.map(Store.StoredVersion::frame).orElse(UNREADABLE));
        }
    }

    /** The version of a reserved key that was at that place; history or the log may have forgotten it. */
    private Optional<Store.StoredVersion> superseded(RecentKeys.Item item) {
        Optional<Store.StoredVersion> held = Optional.empty();
        try {
            held = Optional.ofNullable(events.laws.get(item.number())).flatMap(store::held);
        } catch (Refusal forgotten) {
            gone = true;
        }
        gone |= held.isEmpty();
        return held;
    }

    /** The last own write up to which the follower has all, or what superseded them. */
    private long whole(long held, long mark) {
        long whole = held;
        for (List<RecentKeys.Item> items : List.of(events.before, events.since)) {
            for (RecentKeys.Item item : items) {
                if (item.number() > mark) {
                    return whole;
                }
                if (item.mark() == Feed.OWN && place(item) > mark) {
                    return whole;
                }
                whole = item.mark() == Feed.OWN ? item.number() : whole;
            }
        }
        return whole;
    }

    private long place(RecentKeys.Item item) {
        return places.computeIfAbsent(Key.ofBytes(item.key()), key -> events.tree.get(item.key()).flatMap(store::held).map(Store.StoredVersion::seq)
                .orElse(0L));
    }
}
