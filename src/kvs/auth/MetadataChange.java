package kvs.auth;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.Document;
import kvs.store.Draft;
import kvs.store.Transaction;
import kvs.tree.Entry;

/** One change of metadata in the writer's step: checks it, collects its records, writes them. */
final class MetadataChange {

    private final Transaction tx;
    private final MetadataPlace place;
    private final Parts parts;
    private final MetadataRecords metadata;
    private final MetadataWrites writes = new MetadataWrites();

    /**
     * The parts of accounts that a change needs.
     *
     * @param ledger where records are written
     * @param records of users and groups
     * @param quotas how many records there may be
     * @param readers who must be able to read them
     */
    record Parts(Ledger ledger, Records records, Permissions permissions, Quotas quotas, Readers readers) { }

    MetadataChange(Transaction tx, MetadataPlace place, Parts parts) {
        this.tx = tx;
        this.place = place;
        this.parts = parts;
        this.metadata = parts.permissions.metadata();
    }

    /** Sets metadata of a kind that the caller may set there. */
    Ownership.Shown set(AppliesTo kind, Ownership.Wish wish) {
        checkWish(wish);
        if (kind == AppliesTo.SUBTREE) {
            return setSubtree(wish);
        }
        return place.rights().unbound() ? setFor(wish) : setOwnKeys(wish, place.caller().user());
    }

    /**
     * Removes what the caller has set, of one kind or of the first that is there; an administrator that of
     * the subtree.
     */
    void remove(Optional<AppliesTo> asked) {
        if (asked.filter(AppliesTo.OWN_KEYS::equals).isEmpty()) {
            removeSubtree();
        }
        boolean own = asked.map(AppliesTo.OWN_KEYS::equals).orElse(!place.rights().unbound());
        if (writes.isEmpty() && own) {
            removeOwnKeys();
        }
        if (writes.isEmpty()) {
            place.rights().see(place.path(), place.living());
            throw new Refusal(Reason.NOT_FOUND, "you have set no such metadata on this path");
        }
        run();
    }

    private void run() {
        writes.run(tx, parts.ledger, place.caller(), parts.readers);
    }

    private Ownership.Shown setSubtree(Ownership.Wish wish) {
        Subtree now = place.subtree();
        boolean admin = place.rights().unbound();
        UUID ruler = admin ? wish.owner().orElseGet(() ->
                metadata.administrators(tx, place.path(), place.path().length, tx.wallMs())
                .map(Metadata::owner).orElse(Version.NOBODY)) : place.caller().user();
        Slot slot = place.slot(admin ? Slot.Kind.ADMINISTRATORS : Slot.Kind.RULER, admin ? Version.NOBODY
                : ruler);
        Metadata next = next(slot, wish, new Metadata(ruler, now.metadata().group(), now.bits(), 0, 0));
        if (admin) {
            keepOlder();
            HandOver handOver = new HandOver(tx, metadata, tx.wallMs(), writes);
            handOver.clear(place.path());
            if (parts.permissions.rules().handOver(now.ruler(), ruler)) {
                handOver.move(place.path(), now.ruler(), ruler);
            }
        }
        writes.put(slot, next);
        run();
        return new Ownership.Shown(AppliesTo.SUBTREE, Ownership.owned(next, seenOwner().orElse(ruler)),
                new Ownership.Source(Optional.of(text()), true), ruler,
                Optional.empty());
    }

    /**
     * What a user set by the previous version, in the record that an administrator now writes, moves to that
     * user's own.
     */
    private void keepOlder() {
        Optional<UUID> author =
                metadata.setting(tx, place.slot(Slot.Kind.ADMINISTRATORS, Version.NOBODY), tx.wallMs())
                .flatMap(Setting::older).map(Setting.Writers::last);
        author.flatMap(user -> metadata.older(tx, place.path(), place.path().length, user, tx.wallMs()))
                .ifPresent(set -> {
            Slot slot = place.slot(Slot.Kind.OWN_KEYS, set.owner());
            if (metadata.setting(tx, slot, tx.wallMs()).isEmpty()) {
                writes.put(slot, set);
            }
        });
    }

    /** An administrator acts for the owner of a key, or gives the key away. */
    private Ownership.Shown setFor(Ownership.Wish wish) {
        Entry key = living();
        UUID former = tx.owner(key);
        UUID owner = wish.owner().orElse(former);
        boolean names = wish.bits().isPresent() || wish.group().isPresent();
        if (owner.equals(Version.NOBODY) && (names || wish.owner().isEmpty())) {
            throw new Refusal(names ? Reason.BAD_REQUEST : Reason.NOT_FOUND,
                    "a key of nobody has no metadata of own keys");
        }
        if (!owner.equals(former)) {
            boolean inForce = place.rights().subtrees().own(place.path(), former).isPresent();
            if (!parts.permissions.rules().chownNames(inForce, wish.bits().isPresent())) {
                throw new Refusal(Reason.BAD_REQUEST,
                        "metadata of own keys of the former owner is in force here and does not follow the key: name"
                        + " permissions with owner_uuid");
            }
            give(key, owner);
        }
        if (names) {
            return setOwnKeys(wish, owner);
        }
        return place.rights().subtrees().own(place.path(), owner)
                .map(keys -> Ownership.ownKeys(place, owner, keys.metadata(), keys.length()))
                .orElseGet(() -> Ownership.subtree(place, owner, place.subtree()));
    }

    private Entry living() {
        return place.living().orElseThrow(() ->
                new Refusal(Reason.NOT_FOUND, "nothing lives here, so nobody's own keys are meant"));
    }

    private Ownership.Shown setOwnKeys(Ownership.Wish wish, UUID user) {
        Metadata base = place.rights().subtrees().own(place.path(), user).map(Subtrees.OwnKeys::metadata)
                .orElse(place.subtree().metadata());
        Slot slot = place.slot(Slot.Kind.OWN_KEYS, parts.permissions.rules().ownSlot(user));
        Metadata next = next(slot, wish, new Metadata(user, base.group(), base.bits(), 0, 0));
        writes.put(slot, next);
        run();
        return Ownership.ownKeys(place, user, next, place.path().length);
    }

    /** The record that a wish makes of {@code base}. */
    private Metadata next(Slot slot, Ownership.Wish wish, Metadata base) {
        Optional<Setting> old = metadata.setting(tx, slot, tx.wallMs());
        if (old.isEmpty()) {
            parts.quotas.add(tx, slot);
        }
        return new Metadata(base.owner(), wish.group().orElse(base.group()), wish.bits().orElse(base.bits()),
                old.map(set -> set.metadata().createdAt()).orElse(tx.wallMs()), tx.wallMs());
    }

    private void removeSubtree() {
        if (!place.rights().unbound()) {
            Slot mine = place.slot(Slot.Kind.RULER, place.caller().user());
            if (place.rights().maySetSubtree(place.path()) && metadata.setting(tx, mine, tx.wallMs())
                    .isPresent()) {
                writes.remove(mine);
            }
            return;
        }
        Slot slot = place.slot(Slot.Kind.ADMINISTRATORS, Version.NOBODY);
        HandOver handOver = new HandOver(tx, metadata, tx.wallMs(), writes);
        handOver.clear(place.path());
        if (metadata.administrators(tx, place.path(), place.path().length, tx.wallMs()).isPresent()) {
            keepOlder();
            UUID former = place.subtree().ruler();
            UUID next = place.path().length == 0 ? Version.NOBODY : place.rights().subtrees()
                    .at(place.path(), parent(place.path())).ruler();
            writes.remove(slot);
            if (parts.permissions.rules().handOver(former, next)) {
                handOver.move(place.path(), former, next);
            }
        }
    }

    private void removeOwnKeys() {
        boolean admin = place.rights().unbound();
        UUID user = admin ? tx.owner(living()) : place.caller().user();
        Slot slot = place.slot(Slot.Kind.OWN_KEYS, parts.permissions.rules().ownSlot(user));
        Optional<Metadata> older = metadata.older(tx, place.path(), place.path().length, user, tx.wallMs());
        Optional<Setting> set = metadata.setting(tx, slot, tx.wallMs());
        if (older.isPresent() && set.filter(Setting::taken).isEmpty()) {
            writes.take(slot, older.get());
        } else if (older.isEmpty() && set.isPresent()) {
            writes.remove(slot);
        }
    }

    private static int parent(byte[] path) {
        int i = path.length - 1;
        while (i >= 0 && path[i] != '/') {
            i--;
        }
        return Math.max(0, i);
    }

    private void checkWish(Ownership.Wish wish) {
        Caller caller = place.caller();
        if (wish.owner().isPresent() && !caller.admin()) {
            throw new Refusal(Reason.ADMIN_SCOPE_NEEDED,
                    "only an administrator gives a path or a key to somebody else");
        }
        wish.owner().filter(id -> !id.equals(Version.NOBODY) && parts.records.user(tx, id, tx.wallMs())
                .isEmpty())
                .ifPresent(id -> {
            throw new Refusal(Reason.NOT_FOUND, "there is no user " + id);
        });
        wish.group().filter(id -> !id.equals(Version.NOBODY)).ifPresent(id -> {
            if (parts.records.group(tx, id, tx.wallMs()).isEmpty()) {
                throw new Refusal(Reason.NOT_FOUND, "there is no group " + id);
            }
            if (!caller.admin() && !parts.permissions.member(tx, id, caller.user(), tx.wallMs())) {
                throw new Refusal(Reason.FORBIDDEN, "one gives rights to a group that one is in");
            }
        });
    }

    private Optional<UUID> seenOwner() {
        return place.living().filter(place.rights()::shows).map(place.view()::owner);
    }

    private String text() {
        return new String(place.path(), StandardCharsets.UTF_8);
    }

    /** Writes the document again as it is, under its new owner. */
    private void give(Entry entry, UUID owner) {
        Version version = tx.read(entry);
        Key key = version.key();
        tx.put(new Draft(key, Optional.of(Document.plain(version.data())), version.expires(), place.caller()
                .user(),
                Optional.of(owner)));
    }
}
