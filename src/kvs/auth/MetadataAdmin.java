package kvs.auth;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.Store;
import kvs.store.StoreView;
import kvs.tree.Entry;
import kvs.world.Clock;
import kvs.world.Dice;

/** The metadata of paths: shows what is in force, sets and removes it. Thread-safe. */
public final class MetadataAdmin {

    /** Records of metadata of subtrees: each is looked for at every key below, and all are in memory. */
    public static final int METADATA_MAX = 100_000;
    /** Records of metadata that a user has for own keys, outside of those. */
    public static final int OWN_KEYS_MAX = 1_000;

    private final AccountTransactions ledger;
    private final PermissionEvaluator permissions;
    private final MetadataList list;
    private final MetadataChange.Dependencies parts;

    /**
     * The metadata in force on a path.
     *
     * @param appliesTo for which keys it holds
     * @param metadata its owner is that of the key, when the caller sees one, else of the subtree
     * @param from on which path it was set
     * @param subtreeOwner to whom the subtree was given, {@link Version#NOBODY} for nobody
     * @param ceiling of own-keys metadata: the permissions of the subtree, beyond which nobody gets a right
     */
    public record EffectiveMetadata(AppliesTo appliesTo, Metadata metadata, MetadataSource from, UUID subtreeOwner,
            Optional<PermissionBits> ceiling) { }

    /**
     * The place of metadata.
     *
     * @param path on which it was set, empty when nowhere: it is the default
     * @param here whether that is the very path that was asked for
     */
    public record MetadataSource(Optional<String> path, boolean here) { }

    /** The changes to make; {@link Version#NOBODY} takes owner or group away. */
    public record MetadataUpdate(Optional<UUID> owner, Optional<UUID> group, Optional<PermissionBits> bits) { }

    MetadataAdmin(AccountTransactions ledger, AccountCache records, PermissionEvaluator permissions, ClusterCompatibility readers) {
        this.ledger = ledger;
        this.permissions = permissions;
        this.list = new MetadataList(ledger, permissions.metadata());
        this.parts = new MetadataChange.Dependencies(ledger, records, permissions, new MetadataLimits(), readers);
    }

    /** The metadata in a store that is open beside no accounts: of a node that does not run. */
    public static MetadataAdmin of(Store store, Clock clock, Dice dice, PermissionEvaluator.Settings settings) {
        AccountCache records = new AccountCache();
        PermissionEvaluator permissions = new PermissionEvaluator(records, clock, settings, PermissionEvaluator.RuleSet.of(records));
        return new MetadataAdmin(new AccountTransactions(store, clock, dice, permissions), records, permissions,
                ClusterCompatibility.ALONE);
    }

    /** All metadata that is set, in pages. */
    public MetadataList list() {
        return list;
    }

    /**
     * The metadata in force on a path, the root's is empty: without {@code asked} that of the own keys of
     * whose key is seen there, or of the caller where none is, if there is any; else that of the subtree.
     *
     * @throws Refusal to those who may not read there; {@code NOT_FOUND} when none of the kind that is asked
     *     for is in force
     */
    public EffectiveMetadata show(String path, Optional<AppliesTo> asked, Principal caller) {
        MetadataContext place = place(path, caller, ledger.view(), ledger.now());
        Optional<Entry> seen = place.rights().see(place.path(), place.living());
        SubtreeMetadata subtree = place.subtree();
        UUID user = seen.map(place.view()::owner).orElse(caller.user());
        Optional<MetadataResolver.OwnKeysMetadata> own = asked.filter(AppliesTo.SUBTREE::equals).isPresent() || caller.admin()
                && seen.isEmpty()
                ? Optional.empty() : place.rights().subtrees().own(place.path(), user);
        if (own.isEmpty() && asked.filter(AppliesTo.OWN_KEYS::equals).isPresent()) {
            throw new Refusal(Reason.NOT_FOUND, "no metadata of own keys is in force here");
        }
        UUID owner = seen.map(place.view()::owner).orElse(subtree.ruler());
        return own.map(keys ->
                ownKeys(place, seen.isPresent() ? owner : user, keys.metadata(), keys.length()))
                .orElseGet(() -> subtree(place, owner, subtree));
    }

    static EffectiveMetadata ownKeys(MetadataContext place, UUID owner, Metadata set, int length) {
        SubtreeMetadata subtree = place.subtree();
        return new EffectiveMetadata(AppliesTo.OWN_KEYS, owned(set, owner), source(place, length, true), subtree.ruler(),
                Optional.of(subtree.bits()));
    }

    static EffectiveMetadata subtree(MetadataContext place, UUID owner, SubtreeMetadata subtree) {
        return new EffectiveMetadata(AppliesTo.SUBTREE, owned(subtree.metadata(), owner),
                source(place, subtree.length(), subtree.set()), subtree.ruler(),
                Optional.empty());
    }

    private static MetadataSource source(MetadataContext place, int length, boolean set) {
        String from = new String(place.path(), 0, length, StandardCharsets.UTF_8);
        return new MetadataSource(set ? Optional.of(from) : Optional.empty(), set && length == place.path().length);
    }

    static Metadata owned(Metadata set, UUID owner) {
        return new Metadata(owner, set.group(), set.bits(), set.createdAt(), set.updatedAt());
    }

    /**
     * Sets metadata on a path. Of the subtree an administrator may, and to whom it was given; of own keys
     * the owner of the living key and who may create there. An administrator who sets it of own keys acts
     * for the owner of the key, and gives the key away by naming another owner.
     *
     * @param asked for which keys; not named: of the subtree for whom it may be set so, of own keys for the
     *     owner of the living key
     * @throws Refusal {@code FORBIDDEN}, {@code ADMIN_SCOPE_NEEDED}, {@code NOT_FOUND} for an unknown user
     * or group, {@code LIMIT_REACHED}, {@code BAD_REQUEST} for a key that is given away without permissions,
     * {@code OLDER_MEMBERS}
     */
    public CompletionStage<EffectiveMetadata> set(String path, Optional<AppliesTo> asked, MetadataUpdate wish, Principal caller) {
        return ledger.change(tx -> {
            MetadataContext place = place(path, caller, tx, tx.wallMs());
            checkScope(place);
            AppliesTo kind = asked.orElseGet(() -> kind(place));
            boolean may = kind == AppliesTo.SUBTREE ? place.rights().maySetSubtree(place.path())
                    : place.rights().maySetOwnKeys(place.path(), place.living());
            if (!may) {
                throw place.rights().forbidden(place.path());
            }
            return new MetadataChange(tx, place, parts).set(kind, wish);
        });
    }

    /** Of the owner of a key that others may not read too: then the caller is not that owner. */
    private static AppliesTo kind(MetadataContext place) {
        if (place.rights().maySetSubtree(place.path())) {
            return AppliesTo.SUBTREE;
        }
        if (place.living().filter(entry -> place.view().owner(entry).equals(place.caller().user()))
                .isEmpty()) {
            throw place.rights().forbidden(place.path());
        }
        return AppliesTo.OWN_KEYS;
    }

    /**
     * Removes what the caller has set on a path, of that kind or of the first kind that is there; an
     * administrator what was set for the subtree, whoever did. What is above holds there again.
     *
     * @throws Refusal {@code FORBIDDEN}; {@code NOT_FOUND} when nothing is set there
     */
    public CompletionStage<Void> remove(String path, Optional<AppliesTo> asked, Principal caller) {
        return ledger.change(tx -> {
            MetadataContext place = place(path, caller, tx, tx.wallMs());
            checkScope(place);
            new MetadataChange(tx, place, parts).remove(asked);
            return null;
        });
    }

    private MetadataContext place(String text, Principal caller, StoreView view, long now) {
        byte[] path = text.getBytes(StandardCharsets.UTF_8);
        Optional<Entry> living = path.length == 0 ? Optional.empty() : view.tree().get(path)
                .filter(entry -> !entry.deadAt(now));
        return new MetadataContext(path, view, permissions.of(caller, view), living);
    }

    private static void checkScope(MetadataContext place) {
        Principal caller = place.caller();
        if (!caller.covers(Right.WRITE)) {
            throw caller.proven()
                    ? new Refusal(Reason.FORBIDDEN, "no scope of the token covers " + Right.WRITE.text())
                    : place.rights().forbidden(place.path());
        }
        if (!caller.proven() && caller.kind() != Principal.Kind.EVERYBODY) {
            throw place.rights().forbidden(place.path());
        }
    }
}
