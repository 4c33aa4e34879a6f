package kvs.auth;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.Document;
import kvs.store.Draft;
import kvs.store.Store;
import kvs.store.Transaction;
import kvs.store.View;
import kvs.tree.Entry;
import kvs.tree.Range;
import kvs.tree.Scan;
import kvs.world.Clock;
import kvs.world.Dice;

/** The metadata of paths: shows what is in force, sets and removes it. Thread-safe. */
public final class Ownership {

    /** Paths that have metadata: each is looked for at every key below, and all are in memory. */
    public static final int METADATA_MAX = 100_000;
    /** Keys below a path that are looked at for other owners, in the writer's step: a millisecond. */
    private static final int BELOW_MAX = 10_000;
    private static final byte SLASH = '/';

    private final Ledger ledger;
    private final Records records;
    private final Permissions permissions;

    /**
     * What is in force on a path.
     *
     * @param metadata owner, group and bits
     * @param from the path on which it was set, empty when nowhere: it is the default
     * @param here whether it was set on that very path
     */
    public record Shown(Metadata metadata, Optional<String> from, boolean here) { }

    /**
     * A path on which something is set.
     *
     * @param path empty for the root
     * @param metadata with the owner of the key, where one is
     */
    public record Placed(String path, Metadata metadata) { }

    /**
     * Some of them, in the order of their paths.
     *
     * @param set a page of them
     * @param next the last path of the page, when more follow
     */
    public record Listed(List<Placed> set, Optional<String> next) { }

    /** What is to be changed; {@link Version#NOBODY} takes owner or group away. */
    public record Wish(Optional<UUID> owner, Optional<UUID> group, Optional<Bits> bits) { }

    /** A path in the state of a decision. */
    private record Place(byte[] path, View view, Rights rights, Optional<Entry> living, Rights.Near near) {

        boolean exact() {
            return near.set() && near.length() == path.length;
        }
    }

    Ownership(Ledger ledger, Records records, Permissions permissions) {
        this.ledger = ledger;
        this.records = records;
        this.permissions = permissions;
    }

    /** The metadata in a store that is open beside no accounts: of a node that does not run. */
    public static Ownership of(Store store, Clock clock, Dice dice, Permissions.Settings settings) {
        Records records = new Records();
        Permissions permissions = new Permissions(records, clock, settings);
        return new Ownership(new Ledger(store, clock, dice, permissions), records, permissions);
    }

    /** What is set on paths that begin with {@code prefix}, any text, behind {@code after}; whoever asks must be allowed to see all. */
    public Listed list(String prefix, Optional<String> after, int limit) {
        View view = ledger.view();
        long now = ledger.now();
        Scan scan = view.tree().scan(Reserved.metadataFrom(prefix));
        after.ifPresent(last -> scan.seek(Reserved.behindMetadata(last)));
        List<Placed> set = new ArrayList<>();
        while (scan.next()) {
            if (scan.entry().deadAt(now)) {
                continue;
            }
            if (set.size() == limit) {
                return new Listed(set, Optional.of(set.get(limit - 1).path));
            }
            byte[] path = Reserved.path(scan.entry().key());
            records.metadata(view, path, path.length, now).ifPresent(metadata -> set.add(placed(view, path, metadata, now)));
        }
        return new Listed(set, Optional.empty());
    }

    private static Placed placed(View view, byte[] path, Metadata set, long now) {
        Optional<Entry> living = path.length == 0 ? Optional.empty() : view.tree().get(path).filter(entry -> !entry.deadAt(now));
        return new Placed(new String(path, StandardCharsets.UTF_8), new Metadata(living.map(view::owner).orElse(set.owner()), set.group(),
                set.bits(), set.createdAt(), set.updatedAt()));
    }

    /**
     * What is in force on a path, the root's is empty.
     *
     * @throws Refusal to those who may not read there
     */
    public Shown show(String path, Caller caller) {
        Place place = place(path, caller, ledger.view(), ledger.now());
        return shown(place, place.rights.see(place.path, place.living));
    }

    private static Shown shown(Place place, Optional<Entry> seen) {
        Metadata set = place.near.metadata();
        UUID owner = seen.map(place.view::owner).orElse(set.owner());
        String from = new String(place.path, 0, place.near.length(), StandardCharsets.UTF_8);
        return new Shown(new Metadata(owner, set.group(), set.bits(), set.createdAt(), set.updatedAt()),
                place.near.set() ? Optional.of(from) : Optional.empty(), place.exact());
    }

    /**
     * Sets metadata on a path. An administrator may; on a key its owner; on a path without a key the owner of the nearest metadata or, while
     * nobody has set any there and no key below is another's, who may create there.
     *
     * @throws Refusal {@code FORBIDDEN}, {@code ADMIN_SCOPE_NEEDED}, {@code NOT_FOUND} for an unknown user or group, {@code LIMIT_REACHED}
     */
    public CompletionStage<Shown> set(String path, Wish wish, Caller caller) {
        return ledger.change(tx -> {
            Place place = place(path, caller, tx, tx.wallMs());
            checkMay(place);
            checkWish(place, wish, tx);
            UUID owner = wish.owner.orElseGet(() -> place.living.map(tx::owner).orElseGet(() -> heir(place)));
            Metadata old = place.near.metadata();
            Metadata next = new Metadata(owner, wish.group.orElse(old.group()), wish.bits.orElse(old.bits()),
                    place.exact() ? old.createdAt() : tx.wallMs(), tx.wallMs());
            Key key = Reserved.metadata(place.path, place.path.length).orElseThrow(() -> new Refusal(Reason.BAD_KEY,
                    "a path with metadata has at most " + Reserved.META_PATH_MAX + " bytes"));
            ledger.put(tx, key, next.encode(), place.rights.caller());
            place.living.filter(entry -> !tx.owner(entry).equals(owner)).ifPresent(entry -> give(tx, entry, owner, caller));
            return new Shown(next, Optional.of(path), true);
        });
    }

    /**
     * Removes what was set on a path, so that the metadata above it holds there; the same may who may set it.
     *
     * @throws Refusal {@code FORBIDDEN}; {@code NOT_FOUND} when nothing is set there
     */
    public CompletionStage<Void> remove(String path, Caller caller) {
        return ledger.change(tx -> {
            Place place = place(path, caller, tx, tx.wallMs());
            checkMay(place);
            if (!place.exact()) {
                throw new Refusal(Reason.NOT_FOUND, "no metadata is set on this path");
            }
            ledger.remove(tx, Reserved.metadata(place.path, place.path.length).orElseThrow(), place.rights.caller());
            return null;
        });
    }

    private Place place(String text, Caller caller, View view, long now) {
        byte[] path = text.getBytes(StandardCharsets.UTF_8);
        Rights rights = permissions.of(caller, view);
        Optional<Entry> living = path.length == 0 ? Optional.empty() : view.tree().get(path).filter(entry -> !entry.deadAt(now));
        return new Place(path, view, rights, living, rights.near(path, path.length));
    }

    private void checkMay(Place place) {
        Caller caller = place.rights.caller();
        if (!caller.covers(Right.WRITE)) {
            throw caller.proven() ? new Refusal(Reason.FORBIDDEN, "no scope of the token covers " + Right.WRITE.text())
                    : place.rights.forbidden(place.path);
        }
        boolean may = caller.admin() || place.living.map(entry -> place.view.owner(entry).equals(caller.user()))
                .orElseGet(() -> mayWithoutKey(place, caller));
        if (!may || !caller.proven() && caller.kind() != Caller.Kind.EVERYBODY) {
            throw place.rights.forbidden(place.path);
        }
    }

    private boolean mayWithoutKey(Place place, Caller caller) {
        if (place.near.metadata().owner().equals(caller.user())) {
            return true;
        }
        return place.path.length > 0 && !place.exact() && place.rights.may(Right.CREATE, Key.ofBytes(place.path), Optional.empty())
                && allMineBelow(place, caller.user());
    }

    private boolean allMineBelow(Place place, UUID user) {
        byte[] prefix = Arrays.copyOf(place.path, place.path.length + 1);
        prefix[place.path.length] = SLASH;
        Scan scan = place.view.tree().scan(Range.prefix(prefix));
        int looked = 0;
        while (scan.next()) {
            boolean mine = scan.entry().deadAt(ledger.now()) || place.view.owner(scan.entry()).equals(user);
            if (!mine || ++looked > BELOW_MAX) {
                return false;
            }
        }
        return noneOfOthersBelow(place, prefix, user);
    }

    /** Whether nobody else has set anything below: whether there are keys behind a lock of others must not show. */
    private boolean noneOfOthersBelow(Place place, byte[] prefix, UUID user) {
        Scan scan = place.view.tree().scan(Reserved.metadataBelow(prefix));
        int looked = 0;
        while (scan.next()) {
            byte[] key = scan.entry().key();
            Optional<Metadata> set = records.metadata(place.view, Reserved.path(key), Reserved.path(key).length, ledger.now());
            if (++looked > BELOW_MAX || set.filter(metadata -> !metadata.owner().equals(user)).isPresent()) {
                return false;
            }
        }
        return true;
    }

    private void checkWish(Place place, Wish wish, Transaction tx) {
        Caller caller = place.rights.caller();
        if (wish.owner.isPresent() && !caller.admin()) {
            throw new Refusal(Reason.ADMIN_SCOPE_NEEDED, "only an administrator gives a path to somebody else");
        }
        wish.owner.filter(id -> !id.equals(Version.NOBODY) && records.user(tx, id, tx.wallMs()).isEmpty()).ifPresent(id -> {
            throw new Refusal(Reason.NOT_FOUND, "there is no user " + id);
        });
        wish.group.filter(id -> !id.equals(Version.NOBODY)).ifPresent(id -> {
            if (records.group(tx, id, tx.wallMs()).isEmpty()) {
                throw new Refusal(Reason.NOT_FOUND, "there is no group " + id);
            }
            if (!caller.admin() && !permissions.member(tx, id, caller.user(), tx.wallMs())) {
                throw new Refusal(Reason.FORBIDDEN, "one gives a path to a group that one is in");
            }
        });
        if (!place.exact() && tx.tree().summary(Reserved.METADATA).live() >= METADATA_MAX) {
            throw new Refusal(Reason.LIMIT_REACHED, METADATA_MAX + " paths have metadata already; set it further up, and let it be inherited");
        }
    }

    /** Whose a path without a key becomes: it stays whose it is, else it is theirs who set this first; the root's stays nobody's. */
    private static UUID heir(Place place) {
        Caller caller = place.rights.caller();
        return place.exact() || place.path.length == 0 || caller.kind() != Caller.Kind.USER ? place.exact() ? place.near.metadata().owner()
                : Version.NOBODY : caller.user();
    }

    /** Writes the document again as it is, under its new owner. */
    private static void give(Transaction tx, Entry entry, UUID owner, Caller caller) {
        Version version = tx.read(entry);
        tx.put(new Draft(version.key(), Optional.of(Document.plain(version.data())), version.expires(), caller.user(), Optional.of(owner)));
    }
}
