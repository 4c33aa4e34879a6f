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

/** Shows, sets and removes the metadata of paths. Thread-safe. */
public final class MetadataAdmin {

    /**
     * Highest number of records of subtree metadata: each is looked up for every key below, and all are in
     * memory.
     */
    public static final int METADATA_MAX = 100_000;
    /** Highest number of records of own-keys metadata for each user, beside those. */
    public static final int OWN_KEYS_MAX = 1_000;

    private final AccountTransactions transactions;
    private final RightsResolver permissions;
    private final MetadataList list;
    private final MetadataUpdater.Dependencies parts;

    /**
     * The metadata in force on a path.
     *
     * @param appliesTo the keys for which it holds
     * @param metadata its owner is that of the key, when the caller sees one, else of the subtree
     * @param from the path on which it was set
     * @param subtreeOwner the user to whom the subtree was given, {@link Version#NOBODY} for nobody
     * @param ceiling of own-keys metadata: the permissions of the subtree, beyond which nobody gets a right
     */
    public record EffectiveMetadata(MetadataScope appliesTo, Metadata metadata, MetadataSource from,
            UUID subtreeOwner, Optional<PermissionBits> ceiling) { }

    /**
     * The path on which metadata was set.
     *
     * @param path the path, empty for the default
     * @param here whether that is the requested path
     */
    public record MetadataSource(Optional<String> path, boolean here) { }

    /** The changes to make; {@link Version#NOBODY} clears owner or group. */
    public record MetadataUpdate(Optional<UUID> owner, Optional<UUID> group,
            Optional<PermissionBits> bits) { }

    MetadataAdmin(AccountTransactions transactions, AccountReader records, RightsResolver permissions,
            MetadataFormatGate readers) {
        this.transactions = transactions;
        this.permissions = permissions;
        this.list = new MetadataList(transactions, permissions.metadata());
        this.parts = new MetadataUpdater.Dependencies(transactions, records, permissions,
                new MetadataCountLimit(), readers);
    }

    /** The metadata of a store without accounts around it: of a stopped node. */
    public static MetadataAdmin of(Store store, Clock clock, Dice dice,
            RightsResolver.Settings settings) {
        AccountReader records = new AccountReader();
        RightsResolver permissions = new RightsResolver(records, clock, settings,
                RightsResolver.RuleSet.of(records));
        return new MetadataAdmin(new AccountTransactions(store, clock, dice, permissions), records,
                permissions, MetadataFormatGate.ALONE);
    }

    /** All metadata that is set, in pages. */
    public MetadataList list() {
        return list;
    }

    /**
     * The metadata in force on a path (empty for the root). Without {@code requested}: the own-keys metadata
     * of the owner of the key that the caller sees there, or of the caller where they see none, if there is
     * any; else the subtree metadata.
     *
     * @throws Refusal to callers who may not read there; {@code NOT_FOUND} when none of the kind
     *     {@code requested} is in force
     */
    public EffectiveMetadata show(String path, Optional<MetadataScope> requested, Principal caller) {
        MetadataContext context = place(path, caller, transactions.view(), transactions.now());
        Optional<Entry> seen = context.rights().see(context.path(), context.living());
        InheritedMetadata subtree = context.subtree();
        UUID user = seen.map(context.view()::owner).orElse(caller.user());
        Optional<MetadataResolver.OwnKeysMetadata> own = requested.filter(MetadataScope.SUBTREE::equals)
                .isPresent() || caller.admin() && seen.isEmpty()
                ? Optional.empty() : context.rights().subtrees().own(context.path(), user);
        if (own.isEmpty() && requested.filter(MetadataScope.OWN_KEYS::equals).isPresent()) {
            throw new Refusal(Reason.NOT_FOUND, "this path has no effective metadata of own keys");
        }
        UUID owner = seen.map(context.view()::owner).orElse(subtree.ruler());
        return own.map(keys ->
                ownKeys(context, seen.isPresent() ? owner : user, keys.metadata(), keys.length()))
                .orElseGet(() -> subtree(context, owner, subtree));
    }

    static EffectiveMetadata ownKeys(MetadataContext context, UUID owner, Metadata set, int length) {
        InheritedMetadata subtree = context.subtree();
        return new EffectiveMetadata(MetadataScope.OWN_KEYS, owned(set, owner), source(context, length, true),
                subtree.ruler(), Optional.of(subtree.bits()));
    }

    static EffectiveMetadata subtree(MetadataContext context, UUID owner, InheritedMetadata subtree) {
        return new EffectiveMetadata(MetadataScope.SUBTREE, owned(subtree.metadata(), owner),
                source(context, subtree.length(), subtree.set()), subtree.ruler(),
                Optional.empty());
    }

    private static MetadataSource source(MetadataContext context, int length, boolean set) {
        String from = new String(context.path(), 0, length, StandardCharsets.UTF_8);
        return new MetadataSource(set ? Optional.of(from) : Optional.empty(),
                set && length == context.path().length);
    }

    static Metadata owned(Metadata set, UUID owner) {
        return new Metadata(owner, set.group(), set.bits(), set.createdAt(), set.updatedAt());
    }

    /**
     * Sets metadata on a path. Subtree metadata is set by administrators and by the owner of the subtree,
     * own-keys metadata by the owner of the live key and by callers who may create there. An administrator
     * who sets own-keys metadata acts for the owner of the key, and gives the key away by naming another
     * owner.
     *
     * @param requested the kind; empty: subtree metadata for callers who may set that, own-keys metadata for
     *     the owner of the live key
     * @throws Refusal {@code FORBIDDEN}, {@code ADMIN_SCOPE_NEEDED}, {@code NOT_FOUND} for an unknown user or
     *     group, {@code LIMIT_REACHED}, {@code BAD_REQUEST} for a key that is given away without permissions,
     *     {@code OLDER_MEMBERS}
     */
    public CompletionStage<EffectiveMetadata> set(String path, Optional<MetadataScope> requested,
            MetadataUpdate update, Principal caller) {
        return transactions.change(tx -> {
            MetadataContext context = place(path, caller, tx, tx.wallMs());
            checkScope(context);
            MetadataScope kind = requested.orElseGet(() -> kind(context));
            boolean may = kind == MetadataScope.SUBTREE ? context.rights().maySetSubtree(context.path())
                    : context.rights().maySetOwnKeys(context.path(), context.living());
            if (!may) {
                throw context.rights().forbidden(context.path());
            }
            return new MetadataUpdater(tx, context, parts).set(kind, update);
        });
    }

    /**
     * The kind for an update that names none. The key may be one that the caller may not read: then they are
     * not its owner.
     */
    private static MetadataScope kind(MetadataContext context) {
        if (context.rights().maySetSubtree(context.path())) {
            return MetadataScope.SUBTREE;
        }
        if (context.living().filter(entry -> context.view().owner(entry).equals(context.caller().user()))
                .isEmpty()) {
            throw context.rights().forbidden(context.path());
        }
        return MetadataScope.OWN_KEYS;
    }

    /**
     * Removes metadata that the caller has set on a path, of that kind or of the first kind that is there;
     * for an administrator the subtree metadata, whoever set it. The metadata above holds there again.
     *
     * @throws Refusal {@code FORBIDDEN}; {@code NOT_FOUND} when none is set there
     */
    public CompletionStage<Void> remove(String path, Optional<MetadataScope> requested, Principal caller) {
        return transactions.change(tx -> {
            MetadataContext context = place(path, caller, tx, tx.wallMs());
            checkScope(context);
            new MetadataUpdater(tx, context, parts).remove(requested);
            return null;
        });
    }

    private MetadataContext place(String text, Principal caller, StoreView view, long now) {
        byte[] path = text.getBytes(StandardCharsets.UTF_8);
        Optional<Entry> living = path.length == 0 ? Optional.empty() : view.tree().get(path)
                .filter(entry -> !entry.deadAt(now));
        return new MetadataContext(path, view, permissions.of(caller, view), living);
    }

    private static void checkScope(MetadataContext context) {
        Principal caller = context.caller();
        if (!caller.covers(Right.WRITE)) {
            throw caller.proven()
                    ? new Refusal(Reason.FORBIDDEN, "no scope of the token covers " + Right.WRITE.text())
                    : context.rights().forbidden(context.path());
        }
        if (!caller.proven() && caller.kind() != Principal.Kind.EVERYBODY) {
            throw context.rights().forbidden(context.path());
        }
    }
}
