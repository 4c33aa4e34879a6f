package kvs.cluster;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import kvs.documents.RecentKeys;
import kvs.model.Coverage;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.store.Store;
import kvs.store.VersionReader;
import kvs.tree.Entry;
import kvs.tree.Tree;

/**
 * A page of a {@link Feed}, in the order of the log: a key is at the place of its present version, and the
 * places of superseded versions are skipped. So no follower has a document before the lock, or anything else,
 * that preceded it in this log. Reserved keys are at each of their places with the version of that place,
 * including those from other nodes: a lock that was changed later was a lock before.
 *
 * <p>A skipped version comes later. Until then the follower must not claim it: the page states the number up
 * to which the follower has everything. For one thread.
 */
final class FeedPage {

    static final int BYTES_MAX = Long.BYTES + SyncMessages.PAGE_BYTES_MAX;
    /** Stands for a version that cannot be read: a follower must not advance beyond it. */
    private static final byte[] UNREADABLE = {};

    private final Store store;
    private final Events events;
    private final SyncMessages.PageBuilder page = new SyncMessages.PageBuilder();
    /** The number of the present version in this log of each key examined so far; 0 for none. */
    private final Map<Key, Long> places = new HashMap<>();
    private boolean gone;
    private boolean relays;

    /**
     * The content of a page, all of one moment.
     *
     * @param before events that this follower has received already, except for skipped versions
     * @param since later events
     * @param mark number of the last event
     * @param tree index of that moment
     * @param laws entries of the reserved versions among them, by number
     * @param covered coverage that the follower last reported
     */
    record Events(List<RecentKeys.RecentEvent> before, List<RecentKeys.RecentEvent> since, long mark,
            Tree tree, Map<Long, Entry> laws, Coverage covered) { }

    /**
     * A page as a follower receives it.
     *
     * @param held number up to which the follower has all own writes after this page
     * @param mark number to continue from
     */
    record ReceivedPage(long held, long mark, List<byte[]> messages) { }

    FeedPage(Store store, Events events) {
        this.store = store;
        this.events = events;
    }

    /** Whether the page contains versions of other nodes, and so depends on the follower. */
    boolean relays() {
        return relays;
    }

    /** The body of the response; empty if a version that the page needs has been forgotten. */
    Optional<byte[]> encode(long held) {
        long mark = fill(held);
        if (gone) {
            return Optional.empty();
        }
        byte[] frames = page.encode(mark);
        return Optional.of(ByteBuffer.allocate(Long.BYTES + frames.length).putLong(whole(held, mark))
                .put(frames).array());
    }

    /** A page for the first release: a key with several writes appears once, at its first place. */
    static byte[] first(Store store, Events events) {
        Tree now = store.root().tree();
        SyncMessages.PageBuilder page = new SyncMessages.PageBuilder();
        Set<Key> told = new HashSet<>();
        for (int i = 0; i < events.since.size(); i++) {
            RecentKeys.RecentEvent item = events.since.get(i);
            if (page.full()) {
                return page.encode(events.since.get(i - 1).number());
            }
            if (item.mark() == FeedBuffer.OWN && told.add(Key.ofBytes(item.key()))) {
                now.get(item.key()).ifPresent(entry -> page.add(store.held(entry)
                        .map(VersionReader.StoredVersion::frame).orElse(UNREADABLE)));
            }
        }
        return page.encode(events.mark);
    }

    /**
     * The page in these bytes; empty if they are malformed. In the first release, which is not
     * {@code ordered}, one number is both held and mark.
     */
    static Optional<ReceivedPage> decode(byte[] body, boolean ordered) {
        if (!ordered) {
            return SyncMessages.page(body)
                    .map(page -> new ReceivedPage(page.mark(), page.mark(), page.messages()));
        }
        if (body.length < Long.BYTES) {
            return Optional.empty();
        }
        long held = ByteBuffer.wrap(body).getLong();
        return SyncMessages.page(Arrays.copyOfRange(body, Long.BYTES, body.length))
                .filter(page -> held >= 0 && held <= page.mark())
                .map(page -> new ReceivedPage(held, page.mark(), page.messages()));
    }

    private long fill(long held) {
        long told = events.before.isEmpty() ? held : events.before.get(events.before.size() - 1).number();
        for (RecentKeys.RecentEvent item : events.since) {
            if (page.full()) {
                return told;
            }
            add(item);
            told = item.number();
        }
        return events.mark;
    }

    private void add(RecentKeys.RecentEvent item) {
        Optional<Entry> entry = events.tree.get(item.key());
        if (entry.isEmpty()) {
            return;
        }
        relays |= item.mark() != FeedBuffer.OWN;
        Key key = Key.ofBytes(item.key());
        boolean passed = places.getOrDefault(key, 0L) > item.number();
        Optional<VersionReader.StoredVersion> present = passed ? Optional.empty() : store.held(entry.get());
        if (!passed) {
            places.put(key, present.map(VersionReader.StoredVersion::seq).orElse(item.number()));
        }
        if (places.get(key) == item.number()) {
            add(item, present);
        } else if (item.key()[0] == 0) {
            add(item, superseded(item));
        }
    }

    /** A version of another node is sent only to followers that do not have it from that node. */
    private void add(RecentKeys.RecentEvent item, Optional<VersionReader.StoredVersion> held) {
        boolean known = item.mark() != FeedBuffer.OWN
                && held.filter(one -> events.covered.covers(one.version().dot())).isPresent();
        if (!known) {
            page.add(held.map(VersionReader.StoredVersion::frame).orElse(UNREADABLE));
        }
    }

    /** The version of a reserved key at that place; history or the log may have forgotten it. */
    private Optional<VersionReader.StoredVersion> superseded(RecentKeys.RecentEvent item) {
        Optional<VersionReader.StoredVersion> held = Optional.empty();
        try {
            held = Optional.ofNullable(events.laws.get(item.number())).flatMap(store::held);
        } catch (Refusal forgotten) {
            gone = true;
        }
        gone |= held.isEmpty();
        return held;
    }

    /**
     * The last own write up to which the follower has all own writes, or the versions that superseded them.
     */
    private long whole(long held, long mark) {
        long whole = held;
        for (List<RecentKeys.RecentEvent> items : List.of(events.before, events.since)) {
            for (RecentKeys.RecentEvent item : items) {
                if (item.number() > mark) {
                    return whole;
                }
                if (item.mark() == FeedBuffer.OWN && place(item) > mark) {
                    return whole;
                }
                whole = item.mark() == FeedBuffer.OWN ? item.number() : whole;
            }
        }
        return whole;
    }

    private long place(RecentKeys.RecentEvent item) {
        return places.computeIfAbsent(Key.ofBytes(item.key()), key -> events.tree.get(item.key())
                .flatMap(store::held).map(VersionReader.StoredVersion::seq).orElse(0L));
    }
}
