package kvs.documents;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import kvs.model.Coverage;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.store.Store;
import kvs.store.StoreView;
import kvs.tree.Entry;
import kvs.tree.KeyRange;
import kvs.tree.TreeCursor;
import kvs.world.Clock;
import kvs.world.Dice;

/**
 * The changes since a {@link ClientPosition}: of each key the newest one, at its own place in the order of
 * the log, each at least once. The last events are in memory ({@link RecentEvents}). A client that was away
 * for longer, or comes from another node, first receives what entered this log after a resume point that its
 * position covers, in key order (a sweep), and continues from there. Thread-safe.
 */
public final class Changes {

    /** Maximum entries that a sweep examines for one page, and one of a stream. */
    private static final int LOOKS_MAX = 100_000;
    private static final int LOOKS_STREAM = 4_096;
    /** Bytes after which a page of a stream ends: some 64 KiB as text, which one write to a socket takes. */
    private static final int STREAM_BYTES = 48 * 1_024;
    /** Maximum lead of the clock of the node that made a position; expiries within it are reported again. */
    private static final long SKEW_MS = 60_000;

    private final Store store;
    private final Clock clock;
    private final Supplier<Optional<Coverage>> shown;
    private final ResumePoints resumePoints;
    private final UUID run;
    private final PositionKeyCipher sealed;
    private final RecentEvents events;
    /** The position of the last response: the same for one millisecond, unless there was a write. */
    private volatile CachedPosition positionText;
    /** The value of {@link #positionText}, with what it was made of. */
    private record CachedPosition(RecentEvents.FeedState here, long wallMs, String text) { }

    /**
     * The query of a page.
     *
     * @param prefix prefix of the keys, empty or a path with a slash at its end
     * @param limit maximum number of changes
     * @param bytesMax bytes after which a page ends
     * @param looksMax maximum events or entries that are examined for a page
     */
    public record Query(byte[] prefix, int limit, int bytesMax, int looksMax) {

        /** A query of pages on request. */
        public Query(byte[] prefix, int limit) {
            this(prefix, limit, DocumentLimits.PAGE_BYTES_MAX, LOOKS_MAX);
        }

        /** A query of short pages: many streams have their turns, and hold a page each. */
        public static Query stream(byte[] prefix, int limit) {
            return new Query(prefix, limit, STREAM_BYTES, LOOKS_STREAM);
        }
    }

    /** The kind of a change. */
    public enum Kind {
        /** The key has the version of the entry. */
        LIVES,
        /** The key was deleted. */
        DELETED,
        /** The key has expired. */
        EXPIRED,
        /** Rights at or below the path have changed. */
        RIGHTS
    }

    /**
     * A change.
     *
     * @param entry the present entry of the key; for rights that of the reserved key
     */
    public record Change(Kind kind, Entry entry) { }

    /**
     * A page of changes.
     *
     * @param next the position after them
     * @param more whether there is more at once
     * @param number the number of the last event that was examined
     */
    public record Page(List<Change> changes, ClientPosition next, boolean more, long number) { }

    /** The changes of {@code store} from now on; {@code shown} is the coverage that clients may see. */
    public Changes(Store store, Clock clock, Dice dice, Supplier<Optional<Coverage>> shown) {
        this.store = store;
        this.clock = clock;
        this.shown = shown;
        this.resumePoints = new ResumePoints(store);
        this.run = new UUID(dice.bits(), dice.bits());
        this.sealed = new PositionKeyCipher(dice);
        this.events = new RecentEvents(store, clock, resumePoints, run);
        this.positionText = new CachedPosition(events.present(), -1, "");
    }

    /** The present position, before all later changes; empty while this node does not know its coverage. */
    public Optional<ClientPosition> now() {
        RecentEvents.FeedState here = events.present();
        return shown.get().map(known -> now(here, clock.wallMs()));
    }

    private ClientPosition now(RecentEvents.FeedState here, long wallMs) {
        return new ClientPosition(here.covered(), wallMs,
                Optional.of(new ClientPosition.RunPosition(run, here.last(), Optional.empty())));
    }

    /** The present position as clients keep it; an empty text while this node does not know its coverage. */
    public String positionText() {
        RecentEvents.FeedState here = events.present();
        if (shown.get().isEmpty()) {
            return "";
        }
        long wallMs = clock.wallMs();
        CachedPosition known = positionText;
        if (known.here == here && known.wallMs == wallMs) {
            return known.text;
        }
        String text = now(here, wallMs).text();
        positionText = new CachedPosition(here, wallMs, text);
        return text;
    }

    /** The position before everything. */
    public static ClientPosition start() {
        return new ClientPosition(Coverage.NONE, 0, Optional.empty());
    }

    /** The number of the last event, after a scan for expiries. */
    public long last() {
        return events.last();
    }

    /** The number of the last event; never waits, and does not look for expiries. */
    public long present() {
        return events.present().last();
    }

    /**
     * A text that changes when the rights of the caller may have changed.
     *
     * @throws Refusal when they have none any more
     */
    public String mark(AccessContext access) {
        return access.on(store.root()).mark();
    }

    /** Refuses what {@link #page} would refuse, without reading a page. */
    public void check(ClientPosition from, AccessContext access) {
        resume(from, 0);
        access.on(store.root());
        from.place().filter(position -> position.run().equals(run))
                .flatMap(ClientPosition.RunPosition::sweep)
                .ifPresent(sweep -> sealed.open(sweep.key()).orElseThrow(Changes::positionGone));
    }

    /**
     * The next changes after {@code from} that the caller may see.
     *
     * @throws Refusal {@code POSITION_GONE}; {@code BEHIND} while this node does not cover the position: its
     *     data may be older than what the client received
     */
    public Page page(ClientPosition from, Query query, AccessContext access) {
        events.expire();
        RecentEvents.ResumeState at = resume(from, query.looksMax);
        StoreView root = at.tail() ? at.root() : store.root();
        AccessContext.Grants grants = access.on(root);
        return at.tail() ? tail(from, at, query, root, grants) : sweep(from, at, query, root, grants);
    }

    private RecentEvents.ResumeState resume(ClientPosition from, int most) {
        boolean fresh = fresh(from);
        if (!fresh && from.wallMs() < store.notes().floorMs()) {
            throw positionGone();
        }
        return events.resume(from, fresh, shown, most);
    }

    /** The refusal of all positions while this node does not know its coverage. */
    public static Refusal behind() {
        return new Refusal(Reason.BEHIND,
                "this node has not reached this position: use another node, or try again");
    }

    /** Whether a position is the start of everything: only living keys are news to its owner. */
    private static boolean fresh(ClientPosition from) {
        return from.covered().equals(Coverage.NONE) && from.wallMs() == 0;
    }

    /** The refusal of a position after which something was forgotten. */
    static Refusal positionGone() {
        return new Refusal(Reason.POSITION_GONE, "deletions after this position were purged:"
                + " list again, and continue from the KVS-Position of the listing");
    }

    private Page tail(ClientPosition from, RecentEvents.ResumeState at, Query query, StoreView root,
            AccessContext.Grants grants) {
        long first = from.place().get().number();
        Map<Key, Change> changes = new LinkedHashMap<>();
        boolean all = first + at.events().size() == at.number();
        Map<Key, Integer> places = new HashMap<>();
        for (int i = 0; i < at.events().size(); i++) {
            places.put(Key.ofBytes(at.events().get(i).key()), i);
        }
        long bytes = 0;
        for (int i = 0; i < at.events().size(); i++) {
            Key key = Key.ofBytes(at.events().get(i).key());
            if (changes.size() >= query.limit || bytes >= query.bytesMax) {
                return part(changes, from, first + i);
            }
            Optional<Entry> news = root.tree().get(key.bytes());
            if (news.isEmpty() && startsWith(key.bytes(), query.prefix) && !key.reserved()) {
                throw positionGone();
            }
            boolean later = places.get(key) > i;
            long seq = at.events().get(i).mark();
            Optional<Change> change = news.filter(entry -> !later && !changes.containsKey(key))
                    .flatMap(entry -> change(entry, query, grants))
                    .filter(one -> all || !superseded(one.entry, seq));
            change.ifPresent(one -> changes.put(key, one));
            bytes += change.map(one -> bytes(one.entry)).orElse(0L);
        }
        if (first + at.events().size() < at.number()) {
            return part(changes, from, first + at.events().size());
        }
        ClientPosition next = new ClientPosition(from.covered().and(at.covered()),
                Math.max(from.wallMs(), at.wallMs()),
                Optional.of(new ClientPosition.RunPosition(run, at.number(), Optional.empty())));
        return new Page(List.copyOf(changes.values()), next, false, at.number());
    }

    /** Whether the present version of a key is after that number of the log: it is reported at its place. */
    private boolean superseded(Entry entry, long seq) {
        return seq > 0 && store.held(entry).filter(held -> held.seq() > seq).isPresent();
    }

    private Page part(Map<Key, Change> changes, ClientPosition from, long number) {
        ClientPosition next = new ClientPosition(from.covered(), from.wallMs(),
                Optional.of(new ClientPosition.RunPosition(run, number, Optional.empty())));
        return new Page(List.copyOf(changes.values()), next, true, number);
    }

    private static long bytes(Entry entry) {
        return Listing.ITEM_BYTES + entry.key().length + entry.dataBytes();
    }

    private Optional<Change> change(Entry entry, Query query, AccessContext.Grants grants) {
        if (entry.key()[0] == 0) {
            return grants.opened(entry)
                    .filter(path -> startsWith(path, query.prefix) || startsWith(query.prefix, path))
                    .map(path -> new Change(Kind.RIGHTS, entry));
        }
        if (!startsWith(entry.key(), query.prefix) || !grants.shows(entry)) {
            return Optional.empty();
        }
        Kind kind = entry.deleted() ? Kind.DELETED : entry.deadAt(clock.wallMs()) ? Kind.EXPIRED : Kind.LIVES;
        return Optional.of(new Change(kind, entry));
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    private Page sweep(ClientPosition from, RecentEvents.ResumeState at, Query query, StoreView root,
            AccessContext.Grants grants) {
        Optional<ClientPosition.ScanProgress> under = from.place()
                .filter(position -> position.run().equals(run)).flatMap(ClientPosition.RunPosition::sweep);
        ClientPosition.ScanProgress sweep = under.orElse(new ClientPosition.ScanProgress(at.covered(),
                at.wallMs(), query.prefix));
        long number = under.isPresent() ? from.place().get().number() : at.number();
        KeyRange range = Listing.users(query.prefix.length == 0 ? KeyRange.all()
                : KeyRange.prefix(query.prefix));
        TreeCursor scan = root.tree().scan(range);
        scan.seek(under.isPresent() ? sealed.open(sweep.key()).orElseThrow(Changes::positionGone)
                : range.from());
        ResumePoints.ResumePoint resumePoint = resumePoints.last(from.covered());
        List<Change> changes = new ArrayList<>();
        long bytes = 0;
        for (int looks = 0; scan.next(); looks++) {
            Entry entry = scan.entry();
            if (news(entry, from, sweep, resumePoint)) {
                Optional<Change> change = change(entry, query, grants)
                        .filter(one -> one.kind == Kind.LIVES || !fresh(from));
                change.ifPresent(changes::add);
                bytes += change.map(one -> bytes(entry)).orElse(0L);
            }
            if (changes.size() >= query.limit || bytes >= query.bytesMax
                    || looks >= query.looksMax) {
                var next = new ClientPosition.ScanProgress(sweep.covered(), sweep.wallMs(),
                        sealed.seal(Arrays.copyOf(entry.key(), entry.key().length + 1)));
                return new Page(changes, new ClientPosition(from.covered(), from.wallMs(), Optional.of(
                        new ClientPosition.RunPosition(run, number, Optional.of(next)))), true, number);
            }
        }
        ClientPosition next = new ClientPosition(from.covered().and(sweep.covered()),
                Math.max(from.wallMs(), sweep.wallMs()),
                Optional.of(new ClientPosition.RunPosition(run, number, Optional.empty())));
        return new Page(changes, next, true, number);
    }

    /** Whether a position does not cover the present state of a key. */
    private boolean news(Entry entry, ClientPosition from, ClientPosition.ScanProgress sweep,
            ResumePoints.ResumePoint resumePoint) {
        if (from.covered().equals(Coverage.NONE)
                || RecentEvents.expired(entry, from.wallMs() - SKEW_MS, sweep.wallMs())) {
            return true;
        }
        return resumePoint.position().precedes(entry)
                && store.held(entry).filter(held -> from.covered().covers(held.version().dot())).isEmpty();
    }
}
