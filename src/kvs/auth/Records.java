package kvs.auth;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import kvs.model.Key;
import kvs.model.Version;
import kvs.store.View;
import kvs.tree.Entry;
import kvs.tree.Range;
import kvs.tree.Scan;

/**
 * Reads the reserved keys. What was decoded once is remembered by the id of its version: a version never changes and its id is made of its
 * content, so what is remembered can never be stale, whatever state it is asked of. Thread-safe.
 */
final class Records {

    /** Remembered records of one kind; then all are forgotten. A hundred bytes each: 6 MB. */
    private static final int REMEMBERED_MAX = 1 << 16;

    private final Kind<User> users = new Kind<>(User::decode);
    private final Kind<Group> groups = new Kind<>(Group::decode);
    private final Kind<Token> tokens = new Kind<>(Token::decode);
    private final Kind<Metadata> metadata = new Kind<>((id, fields) -> Metadata.decode(fields));

    /** Records of one kind. */
    private static final class Kind<T> {

        private final Map<UUID, T> remembered = new ConcurrentHashMap<>();
        private final BiFunction<UUID, Fields, T> decode;

        Kind(BiFunction<UUID, Fields, T> decode) {
            this.decode = decode;
        }

        T of(View view, UUID id, Entry entry) {
            UUID version = new UUID(entry.uuidHigh(), entry.uuidLow());
            T known = remembered.get(version);
            if (known != null) {
                return known;
            }
            T read = decode.apply(id, Fields.of(view.read(entry).data()));
            if (remembered.size() >= REMEMBERED_MAX) {
                remembered.clear();
            }
            remembered.put(version, read);
            return read;
        }
    }

    /** Whether something lives under a key. */
    static boolean has(View view, Key key, long now) {
        return find(view, key, now).isPresent();
    }

    /** What lives under a key. */
    static Optional<Entry> find(View view, Key key, long now) {
        return view.find(key).filter(entry -> !entry.deadAt(now));
    }

    Optional<User> user(View view, UUID id, long now) {
        if (has(view, Reserved.gone(id), now)) {
            return Optional.empty();
        }
        return find(view, Reserved.user(id), now).map(entry -> users.of(view, id, entry));
    }

    Optional<Group> group(View view, UUID id, long now) {
        if (has(view, Reserved.gone(id), now)) {
            return Optional.empty();
        }
        return find(view, Reserved.group(id), now).map(entry -> groups.of(view, id, entry));
    }

    Optional<Token> token(View view, UUID user, UUID id, long now) {
        if (has(view, Reserved.revoked(id), now)) {
            return Optional.empty();
        }
        return find(view, Reserved.token(user, id), now).map(entry -> tokens.of(view, id, entry));
    }

    /** The metadata of exactly the path that is the first {@code length} bytes of {@code path}. */
    Optional<Metadata> metadata(View view, byte[] path, int length, long now) {
        return Reserved.metadata(path, length).flatMap(key -> find(view, key, now)).map(entry -> metadata.of(view, Version.NOBODY, entry));
    }

    /** The ids at the end of the living keys of a range, in order, behind {@code after}; at most {@code limit}. */
    static List<UUID> ids(View view, Range range, Optional<UUID> after, Moment moment) {
        Scan scan = view.tree().scan(range);
        after.ifPresent(id -> scan.seek(Reserved.behind(range, id)));
        List<UUID> ids = new ArrayList<>();
        while (ids.size() < moment.limit && scan.next()) {
            if (!scan.entry().deadAt(moment.now)) {
                ids.add(Reserved.last(scan.entry().key()));
            }
        }
        return ids;
    }

    /**
     * When something is counted, and how far.
     *
     * @param now Unix ms
     * @param limit most that is of interest
     */
    record Moment(long now, int limit) { }
}
