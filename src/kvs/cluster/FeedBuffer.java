package kvs.cluster;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kvs.documents.RecentKeys;
import kvs.model.Coverage;
import kvs.store.LoggedVersion;
import kvs.store.Store;
import kvs.tree.Entry;
import kvs.tree.Tree;

/**
 * The last events of a {@link Feed}, in the order of the log: own writes and, at their places, the writes of
 * others to reserved keys and over own writes. {@value #KEPT} are kept, fewer with long keys. Guarded by the
 * lock of the feed.
 */
final class FeedBuffer {

    static final int KEPT = 1 << 16;
    /** The mark of an event that is an own write. */
    static final long OWN = 1;
    /** Maximal number of reserved versions whose entries are kept. */
    private static final int LAWS_MAX = 4_096;
    /** Maximal number of events that are considered for one page. */
    private static final int EVENTS_MAX = 10_000;

    private final Store store;
    private final RecentKeys kept;
    /** The keys of the own writes among them. */
    private final RecentKeyFilter written = new RecentKeyFilter(KEPT + (KEPT >> 2));
    /** The entries of the reserved versions among them, by number, oldest first. */
    private final Map<Long, Entry> laws = new LinkedHashMap<>();
    /** The number of the last own write. */
    private long last;
    /** The number of the last record, and the index as it was then. */
    private long end;
    private Tree tree;

    /** The events from now on. */
    FeedBuffer(Store store) {
        this.store = store;
        this.last = store.own();
        this.end = store.head();
        this.tree = store.root().tree();
        this.kept = new RecentKeys(KEPT, last);
    }

    /** The number of this node's last own write, 0 for none. */
    long last() {
        return last;
    }

    /** Adds what the writer has just published. */
    void add(List<LoggedVersion> published) {
        tree = store.root().tree();
        end = store.head();
        published.forEach(this::add);
    }

    /**
     * The writes of others matter to followers if they decide over rights, or have replaced a write that the
     * followers were to receive.
     */
    private void add(LoggedVersion event) {
        boolean reserved = event.key()[0] == 0;
        if (event.own()) {
            written.add(event.key());
            last = event.seq();
        }
        if (event.own() || reserved || written.mayHold(event.key())) {
            kept.add(event.seq(), event.key(), event.own() ? OWN : 0);
        }
        if (reserved) {
            tree.get(event.key()).ifPresent(entry -> laws.put(event.seq(), entry));
            if (laws.size() > LAWS_MAX) {
                laws.remove(laws.keySet().iterator().next());
            }
        }
    }

    /**
     * Whether all events that are requested are kept. A number that was never given here was given by another
     * copy of this directory. The writes of others before the start are not known any more.
     */
    boolean known(FeedPoll.Question question) {
        long after = question.after();
        return question.origin().equals(store.origin()) && question.held() >= kept.floor()
                && (after == 0 || store.hasAssigned(after))
                && (!question.ordered() || after >= store.recovered());
    }

    /** The events for a page, to a follower with that coverage. */
    FeedPage.Events select(FeedPoll.Question question, Coverage covered) {
        List<RecentKeys.RecentEvent> since = kept.after(question.after(), EVENTS_MAX);
        List<RecentKeys.RecentEvent> before = question.held() == question.after() ? List.of()
                : kept.after(question.held(), KEPT).stream()
                        .filter(item -> item.number() <= question.after()).toList();
        long mark = since.size() == EVENTS_MAX ? since.get(EVENTS_MAX - 1).number()
                : Math.max(question.after(), question.ordered() ? end : last);
        Map<Long, Entry> reserved = new HashMap<>();
        since.stream().filter(item -> laws.containsKey(item.number()))
                .forEach(item -> reserved.put(item.number(), laws.get(item.number())));
        return new FeedPage.Events(before, since, mark, tree, reserved, covered);
    }
}
