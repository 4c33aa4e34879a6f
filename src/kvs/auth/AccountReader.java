package kvs.auth;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.StoreView;
import kvs.tree.Entry;
import kvs.tree.KeyRange;
import kvs.tree.TreeCursor;

/**
 * Reads the reserved keys. Decoded records are cached by the id of their version: a version never changes and
 * its id is derived from its content, so a cached record is never stale, whatever state of the store is read.
 * An unreadable record gives nobody a right: a user, group or token counts as absent, a removal or revocation
 * as present. Thread-safe.
 */
final class AccountReader {

    /** Cached records of one kind; a full cache is cleared. A hundred bytes each: 6 MB. */
    private static final int REMEMBERED_MAX = 1 << 16;

    private final RecordCache<User> users = new RecordCache<>((id, record) -> User.decode(id, record.fields,
            record.first));
    private final RecordCache<UserGroup> groups = new RecordCache<>((id, record) -> UserGroup.decode(id,
            record.fields));
    private final RecordCache<Token> tokens = new RecordCache<>((id, record) -> Token.decode(id,
            record.fields));
    private final RecordCache<Optional<Boolean>> removed =
            new RecordCache<>((id, record) -> record.fields.names().contains("admin")
            ? Optional.of(record.fields.flag("admin")) : Optional.empty());
    private final RecordCache<StoredMetadata> settings =
            new RecordCache<>((id, record) -> StoredMetadata.decode(record.writers, record.fields));

    /** A record before it is decoded, its writers, and whether it is the first of its key. */
    private record UndecodedRecord(StoredMetadata.FirstAndLastWriter writers, boolean first,
            RecordFields fields) { }

    /** Records of one kind. */
    private static final class RecordCache<T> {

        private final Map<UUID, T> remembered = new ConcurrentHashMap<>();
        private final BiFunction<UUID, UndecodedRecord, T> decode;

        RecordCache(BiFunction<UUID, UndecodedRecord, T> decode) {
            this.decode = decode;
        }

        /** The decoded record; empty when it is unreadable. */
        Optional<T> of(StoreView view, UUID id, Entry entry) {
            UUID version = new UUID(entry.uuidHigh(), entry.uuidLow());
            T known = remembered.get(version);
            if (known != null) {
                return Optional.of(known);
            }
            Optional<T> read = read(view, id, entry);
            read.ifPresent(one -> {
                if (remembered.size() >= REMEMBERED_MAX) {
                    remembered.clear();
                }
                remembered.put(version, one);
            });
            return read;
        }

        private Optional<T> read(StoreView view, UUID id, Entry entry) {
            try {
                Version stored = view.read(entry);
                StoredMetadata.FirstAndLastWriter writers = new StoredMetadata.FirstAndLastWriter(
                        stored.owner(), stored.author());
                return Optional.of(decode.apply(id, new UndecodedRecord(writers,
                        stored.lineage().prevTimestamp() == 0, RecordFields.of(stored.data()))));
            } catch (RecordFields.MalformedException foreign) {
                return Optional.empty();
            } catch (Refusal refusal) {
                return damaged(refusal);
            }
        }
    }

    private static <T> Optional<T> damaged(Refusal refusal) {
        if (refusal.reason() != Reason.DAMAGED) {
            throw refusal;
        }
        return Optional.empty();
    }

    /** Whether a record that gives a right is live under a key; false when it is unreadable. */
    static boolean has(StoreView view, Key key, long now) {
        return find(view, key, now).isPresent();
    }

    /** Whether a record that takes a right away is live under a key; true when it is unreadable. */
    static boolean existsOrUnreadable(StoreView view, Key key, long now) {
        return has(view, key, now) || unreadable(view, key);
    }

    /** The live entry of a key, empty when its newest version is unreadable. */
    static Optional<Entry> find(StoreView view, Key key, long now) {
        try {
            return view.find(key).filter(entry -> !entry.deadAt(now));
        } catch (Refusal refusal) {
            return damaged(refusal);
        }
    }

    private static boolean unreadable(StoreView view, Key key) {
        try {
            view.find(key);
            return false;
        } catch (Refusal refusal) {
            damaged(refusal);
            return true;
        }
    }

    Optional<User> user(StoreView view, UUID id, long now) {
        if (existsOrUnreadable(view, AccountKeys.gone(id), now)) {
            return Optional.empty();
        }
        return find(view, AccountKeys.user(id), now).flatMap(entry -> users.of(view, id, entry));
    }

    /** Whether a user is or ever was an administrator, empty when that is unknown. */
    Optional<Boolean> administrator(StoreView view, UUID id, long now) {
        Optional<Entry> gone = find(view, AccountKeys.gone(id), now);
        if (gone.isPresent()) {
            return removed.of(view, id, gone.get()).flatMap(known -> known);
        }
        return find(view, AccountKeys.user(id), now).flatMap(entry -> users.of(view, id, entry))
                .flatMap(User::everAdmin);
    }

    Optional<UserGroup> group(StoreView view, UUID id, long now) {
        if (existsOrUnreadable(view, AccountKeys.gone(id), now)) {
            return Optional.empty();
        }
        return find(view, AccountKeys.group(id), now).flatMap(entry -> groups.of(view, id, entry));
    }

    /**
     * A user or group as administrators see it, who can replace an unreadable one: then {@code otherwise}.
     */
    <T> Optional<T> shown(StoreView view, Key key, Optional<T> read, Supplier<T> otherwise) {
        return read.isPresent() ? read : Optional.of(key)
                .filter(one -> unreadable(view, one) || view.tree().get(one.bytes())
                .filter(entry -> !entry.deleted()).isPresent()).map(one -> otherwise.get());
    }

    /** A token that is neither revoked nor expired, whatever the state of the tokens that made it. */
    Optional<Token> token(StoreView view, UUID user, UUID id, long now) {
        if (existsOrUnreadable(view, AccountKeys.revoked(id), now)) {
            return Optional.empty();
        }
        return find(view, AccountKeys.token(user, id), now).flatMap(entry -> tokens.of(view, id, entry))
                .filter(token -> token.user().equals(user));
    }

    /** A valid token: neither it nor one in its chain of makers is revoked or expired. */
    Optional<Token> good(StoreView view, UUID user, UUID id, long now) {
        Optional<Token> token = token(view, user, id, now);
        Optional<Token> maker = token;
        for (int made = 0; maker.flatMap(Token::maker).isPresent(); made++) {
            maker = made < Token.MAKERS_MAX ? token(view, user, maker.flatMap(Token::maker).get(), now)
                    : Optional.empty();
        }
        return maker.isPresent() ? token : Optional.empty();
    }

    /** A record of metadata; {@link StoredMetadata#DENIED} when it is unreadable. */
    Optional<StoredMetadata> setting(StoreView view, Key key, long now) {
        if (unreadable(view, key)) {
            return Optional.of(StoredMetadata.DENIED);
        }
        return find(view, key, now)
                .map(entry -> settings.of(view, Version.NOBODY, entry).orElse(StoredMetadata.DENIED));
    }

    /**
     * The ids at the end of the live keys of a range, in order, after {@code after}; at most {@code limit}.
     */
    static List<UUID> ids(StoreView view, KeyRange range, Optional<UUID> after, CountLimit moment) {
        TreeCursor scan = view.tree().scan(range);
        after.ifPresent(id -> scan.seek(AccountKeys.behind(range, id)));
        List<UUID> ids = new ArrayList<>();
        while (ids.size() < moment.limit && scan.next()) {
            if (!scan.entry().deadAt(moment.now)) {
                AccountKeys.last(range, scan.entry().key()).ifPresent(ids::add);
            }
        }
        return ids;
    }

    /**
     * The time and the bound of a count.
     *
     * @param now Unix ms
     * @param limit highest count of interest
     */
    record CountLimit(long now, int limit) { }
}
