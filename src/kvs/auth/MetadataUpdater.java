package kvs.auth;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import kvs.log.EncodedDocument;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.Transaction;
import kvs.store.UnstampedVersion;
import kvs.tree.Entry;

/** One change of metadata in the writer's step: checks it, collects its records, writes them. */
final class MetadataUpdater {

    private final Transaction tx;
    private final MetadataContext context;
    private final Dependencies parts;
    private final MetadataLookup metadata;
    private final MetadataWriteSet writes = new MetadataWriteSet();

    /**
     * The parts of accounts that a change needs.
     *
     * @param transactions writes the records
     * @param records reads users and groups
     * @param limits bounds the number of records
     * @param readers the members that must be able to read them
     */
    record Dependencies(AccountTransactions transactions, AccountReader records, RightsResolver permissions,
            MetadataCountLimit limits, MetadataFormatGate readers) { }

    MetadataUpdater(Transaction tx, MetadataContext context, Dependencies parts) {
        this.tx = tx;
        this.context = context;
        this.parts = parts;
        this.metadata = parts.permissions.metadata();
    }

    /** Sets metadata of a kind that the caller may set there. */
    MetadataAdmin.EffectiveMetadata set(MetadataScope kind, MetadataAdmin.MetadataUpdate update) {
        checkUpdate(update);
        if (kind == MetadataScope.SUBTREE) {
            return setSubtree(update);
        }
        return context.rights().unbound() ? setFor(update) : setOwnKeys(update, context.caller().user());
    }

    /**
     * Removes metadata that the caller has set, of one kind or of the first that is there; for an
     * administrator subtree metadata.
     */
    void remove(Optional<MetadataScope> requested) {
        if (requested.filter(MetadataScope.OWN_KEYS::equals).isEmpty()) {
            removeSubtree();
        }
        boolean own = requested.map(MetadataScope.OWN_KEYS::equals).orElse(!context.rights().unbound());
        if (writes.isEmpty() && own) {
            removeOwnKeys();
        }
        if (writes.isEmpty()) {
            context.rights().see(context.path(), context.living());
            throw new Refusal(Reason.NOT_FOUND, "you have set no metadata of this kind on this path");
        }
        run();
    }

    private void run() {
        writes.run(tx, parts.transactions, context.caller(), parts.readers);
    }

    private MetadataAdmin.EffectiveMetadata setSubtree(MetadataAdmin.MetadataUpdate update) {
        InheritedMetadata now = context.subtree();
        boolean admin = context.rights().unbound();
        UUID ruler = admin ? update.owner().orElseGet(() ->
                metadata.administrators(tx, context.path(), context.path().length, tx.wallMs())
                .map(Metadata::owner).orElse(Version.NOBODY)) : context.caller().user();
        MetadataKey slot = context.slot(admin ? MetadataKey.Kind.ADMINISTRATORS : MetadataKey.Kind.RULER,
                admin ? Version.NOBODY : ruler);
        Metadata next = next(slot, update, new Metadata(ruler, now.metadata().group(), now.bits(), 0, 0));
        if (admin) {
            keepOlder();
            OwnershipTransfer handOver = new OwnershipTransfer(tx, metadata, tx.wallMs(), writes);
            handOver.clear(context.path());
            if (parts.permissions.rules().handOver(now.ruler(), ruler)) {
                handOver.move(context.path(), now.ruler(), ruler);
            }
        }
        writes.put(slot, next);
        run();
        return new MetadataAdmin.EffectiveMetadata(MetadataScope.SUBTREE,
                MetadataAdmin.owned(next, seenOwner().orElse(ruler)),
                new MetadataAdmin.MetadataSource(Optional.of(text()), true), ruler, Optional.empty());
    }

    /**
     * Moves metadata that a user set by the previous version, from the record that an administrator now
     * writes to that user's own.
     */
    private void keepOlder() {
        Optional<UUID> author = metadata.setting(tx,
                context.slot(MetadataKey.Kind.ADMINISTRATORS, Version.NOBODY), tx.wallMs())
                .flatMap(StoredMetadata::older).map(StoredMetadata.FirstAndLastWriter::last);
        author.flatMap(user -> metadata.older(tx, context.path(), context.path().length, user, tx.wallMs()))
                .ifPresent(set -> {
            MetadataKey slot = context.slot(MetadataKey.Kind.OWN_KEYS, set.owner());
            if (metadata.setting(tx, slot, tx.wallMs()).isEmpty()) {
                writes.put(slot, set);
            }
        });
    }

    /** An administrator acts for the owner of a key, or gives the key away. */
    private MetadataAdmin.EffectiveMetadata setFor(MetadataAdmin.MetadataUpdate update) {
        Entry key = living();
        UUID former = tx.owner(key);
        UUID owner = update.owner().orElse(former);
        boolean names = update.bits().isPresent() || update.group().isPresent();
        if (owner.equals(Version.NOBODY) && (names || update.owner().isEmpty())) {
            throw new Refusal(names ? Reason.BAD_REQUEST : Reason.NOT_FOUND,
                    "a key without an owner has no metadata of own keys");
        }
        if (!owner.equals(former)) {
            boolean inForce = context.rights().subtrees().own(context.path(), former).isPresent();
            if (!parts.permissions.rules().chownNames(inForce, update.bits().isPresent())) {
                throw new Refusal(Reason.BAD_REQUEST, "metadata of own keys of the former owner is effective"
                        + " here and does not move with the key: send permissions with owner_uuid");
            }
            give(key, owner);
        }
        if (names) {
            return setOwnKeys(update, owner);
        }
        return context.rights().subtrees().own(context.path(), owner)
                .map(keys -> MetadataAdmin.ownKeys(context, owner, keys.metadata(), keys.length()))
                .orElseGet(() -> MetadataAdmin.subtree(context, owner, context.subtree()));
    }

    private Entry living() {
        return context.living().orElseThrow(() ->
                new Refusal(Reason.NOT_FOUND, "the key does not exist, so it has no owner's own keys"));
    }

    private MetadataAdmin.EffectiveMetadata setOwnKeys(MetadataAdmin.MetadataUpdate update, UUID user) {
        Metadata base = context.rights().subtrees().own(context.path(), user)
                .map(MetadataResolver.OwnKeysMetadata::metadata).orElse(context.subtree().metadata());
        MetadataKey slot = context.slot(MetadataKey.Kind.OWN_KEYS, parts.permissions.rules().ownSlot(user));
        Metadata next = next(slot, update, new Metadata(user, base.group(), base.bits(), 0, 0));
        writes.put(slot, next);
        run();
        return MetadataAdmin.ownKeys(context, user, next, context.path().length);
    }

    /** The record that results from applying {@code update} to {@code base}. */
    private Metadata next(MetadataKey slot, MetadataAdmin.MetadataUpdate update, Metadata base) {
        Optional<StoredMetadata> old = metadata.setting(tx, slot, tx.wallMs());
        if (old.isEmpty()) {
            parts.limits.add(tx, slot);
        }
        return new Metadata(base.owner(), update.group().orElse(base.group()),
                update.bits().orElse(base.bits()),
                old.map(set -> set.metadata().createdAt()).orElse(tx.wallMs()), tx.wallMs());
    }

    private void removeSubtree() {
        if (!context.rights().unbound()) {
            MetadataKey mine = context.slot(MetadataKey.Kind.RULER, context.caller().user());
            if (context.rights().maySetSubtree(context.path()) && metadata.setting(tx, mine, tx.wallMs())
                    .isPresent()) {
                writes.remove(mine);
            }
            return;
        }
        MetadataKey slot = context.slot(MetadataKey.Kind.ADMINISTRATORS, Version.NOBODY);
        OwnershipTransfer handOver = new OwnershipTransfer(tx, metadata, tx.wallMs(), writes);
        handOver.clear(context.path());
        if (metadata.administrators(tx, context.path(), context.path().length, tx.wallMs()).isPresent()) {
            keepOlder();
            UUID former = context.subtree().ruler();
            UUID next = context.path().length == 0 ? Version.NOBODY : context.rights().subtrees()
                    .at(context.path(), parent(context.path())).ruler();
            writes.remove(slot);
            if (parts.permissions.rules().handOver(former, next)) {
                handOver.move(context.path(), former, next);
            }
        }
    }

    private void removeOwnKeys() {
        boolean admin = context.rights().unbound();
        UUID user = admin ? tx.owner(living()) : context.caller().user();
        MetadataKey slot = context.slot(MetadataKey.Kind.OWN_KEYS, parts.permissions.rules().ownSlot(user));
        Optional<Metadata> older = metadata.older(tx, context.path(), context.path().length,
                user, tx.wallMs());
        Optional<StoredMetadata> set = metadata.setting(tx, slot, tx.wallMs());
        if (older.isPresent() && set.filter(StoredMetadata::taken).isEmpty()) {
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

    private void checkUpdate(MetadataAdmin.MetadataUpdate update) {
        Principal caller = context.caller();
        if (update.owner().isPresent() && !caller.admin()) {
            throw new Refusal(Reason.ADMIN_SCOPE_NEEDED,
                    "only an administrator may give a path or a key to another user");
        }
        update.owner().filter(id -> !id.equals(Version.NOBODY) && parts.records.user(tx, id, tx.wallMs())
                .isEmpty())
                .ifPresent(id -> {
            throw new Refusal(Reason.NOT_FOUND, "there is no user " + id);
        });
        update.group().filter(id -> !id.equals(Version.NOBODY)).ifPresent(id -> {
            if (parts.records.group(tx, id, tx.wallMs()).isEmpty()) {
                throw new Refusal(Reason.NOT_FOUND, "there is no group " + id);
            }
            if (!caller.admin() && !parts.permissions.member(tx, id, caller.user(), tx.wallMs())) {
                throw new Refusal(Reason.FORBIDDEN, "you may give rights only to a group that you are a"
                        + " member of");
            }
        });
    }

    private Optional<UUID> seenOwner() {
        return context.living().filter(context.rights()::shows).map(context.view()::owner);
    }

    private String text() {
        return new String(context.path(), StandardCharsets.UTF_8);
    }

    /** Writes the document again unchanged, under its new owner. */
    private void give(Entry entry, UUID owner) {
        Version version = tx.read(entry);
        Key key = version.key();
        tx.put(new UnstampedVersion(key, Optional.of(EncodedDocument.plain(version.data())),
                version.expires(), context.caller().user(), Optional.of(owner)));
    }
}
