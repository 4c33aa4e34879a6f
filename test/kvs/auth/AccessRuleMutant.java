package kvs.auth;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import kvs.documents.LocalDocuments;
import kvs.model.Version;
import kvs.sim.SimDice;
import kvs.store.StoreView;
import kvs.tree.Entry;
import kvs.tree.KeyRange;
import kvs.tree.TreeCursor;

/** The rules of access with one taken out, by its name in the model; a test that drives them must notice. */
public enum AccessRuleMutant {
    /** Nothing is taken out. */
    NONE,
    CREATE_AT,
    OWN_KEYS_ONLY,
    OWN_SLOTS,
    OWNER_CEILING,
    SHUT_OUT,
    ADMIN_BINDS,
    JUDGED_AT_USE,
    HAND_OVER,
    CHOWN_NAMES,
    SHORTEN_IS_DELETE,
    OLD_IS_OWNERS,
    NO_LOOK_BELOW,
    RULER_IS_OWNER;

    private static final List<String> KINDS = List.of("adm", "+", "own");

    /** Accounts that follow those rules, with both switches for callers without a token on. */
    public Auth auth(LocalDocuments node, AdminTokenFile adminToken, MetadataFormatGate readers) {
        var permissions = new RightsResolver.Settings(
                PermissionBits.parse("cdwr,c-wr,c--r").orElseThrow(), true, true);
        var settings = new Auth.Settings("kvs", List.of("a secret of the cluster, 32 bytes".getBytes(
                StandardCharsets.US_ASCII)), permissions, readers);
        Function<AccountReader, RightsResolver.RuleSet> rules = records ->
                new RightsResolver.RuleSet(rules(), lookups(records));
        return new Auth(new Auth.Dependencies(node.store, node.clock, new SimDice(2)), adminToken,
                settings, rules);
    }

    private AccessRules rules() {
        return new AccessRules() {
            @Override
            int createAt(byte[] path) {
                return is(CREATE_AT) ? above(path) : super.createAt(path);
            }

            @Override
            UUID ownSlot(UUID user) {
                return is(OWN_SLOTS) ? new UUID(7, 7) : super.ownSlot(user);
            }

            @Override
            boolean ownerCeiling(PermissionBits subtree, Right right) {
                return is(OWNER_CEILING) || super.ownerCeiling(subtree, right);
            }

            @Override
            boolean shutOut(PermissionBits subtree, PermissionClass permissionClass) {
                return !is(SHUT_OUT) && super.shutOut(subtree, permissionClass);
            }

            @Override
            boolean adminBinds(Metadata set, UUID rulerAbove) {
                return !is(ADMIN_BINDS) || !set.owner().equals(Version.NOBODY)
                        || rulerAbove.equals(Version.NOBODY);
            }

            @Override
            boolean rulerIsOwner(UUID user, UUID ruler) {
                return !is(RULER_IS_OWNER) && super.rulerIsOwner(user, ruler);
            }

            @Override
            boolean noLookBelow(StoreView view, byte[] path, UUID user) {
                return !is(NO_LOOK_BELOW) || allMineBelow(view, path, user);
            }

            @Override
            boolean handOver(UUID former, UUID next) {
                return !is(HAND_OVER) && !is(JUDGED_AT_USE) && super.handOver(former, next);
            }

            @Override
            boolean chownNames(boolean inForce, boolean named) {
                return is(CHOWN_NAMES) || super.chownNames(inForce, named);
            }

            @Override
            boolean shortenIsDelete(long present, long next) {
                return !is(SHORTEN_IS_DELETE) && super.shortenIsDelete(present, next);
            }

            @Override
            boolean oldIsOwners(UUID user, UUID former) {
                return is(OLD_IS_OWNERS) || super.oldIsOwners(user, former);
            }

            @Override
            UUID heir(UUID user, UUID former) {
                return is(OLD_IS_OWNERS) ? user : super.heir(user, former);
            }
        };
    }

    private MetadataLookup lookups(AccountReader records) {
        return new MetadataLookup(records) {
            @Override
            Optional<Metadata> ruler(StoreView view, byte[] path, int length, UUID ruler, long now) {
                Optional<Metadata> any = is(JUDGED_AT_USE)
                        ? first(view, MetadataKey.rulers(path, length), now) : Optional.empty();
                return any.isPresent() ? any : super.ruler(view, path, length, ruler, now);
            }

            @Override
            Optional<Metadata> own(StoreView view, byte[] path, int length, UUID slot, long now) {
                Optional<Metadata> any = is(OWN_KEYS_ONLY)
                        ? first(view, MetadataKey.ownKeys(path, length), now) : Optional.empty();
                return any.isPresent() ? any : super.own(view, path, length, slot, now);
            }

            private Optional<Metadata> first(StoreView view, KeyRange range, long now) {
                TreeCursor scan = view.tree().scan(range);
                while (scan.next()) {
                    if (!scan.entry().deadAt(now)) {
                        return MetadataKey.of(scan.entry().key()).flatMap(slot -> setting(view, slot, now))
                                .map(StoredMetadata::metadata);
                    }
                }
                return Optional.empty();
            }
        };
    }

    private boolean is(AccessRuleMutant rule) {
        return this == rule;
    }

    private static int above(byte[] path) {
        int i = path.length - 1;
        while (i >= 0 && path[i] != '/') {
            i--;
        }
        return Math.max(0, i);
    }

    private static boolean allMineBelow(StoreView view, byte[] path, UUID user) {
        TreeCursor scan = view.tree()
                .scan(path.length == 0 ? KeyRange.from(new byte[] {1}) : KeyRange.prefix((new String(path,
                StandardCharsets.UTF_8) + "/").getBytes(StandardCharsets.UTF_8)));
        while (scan.next()) {
            if (!scan.entry().deleted() && !view.owner(scan.entry()).equals(user)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a caller may set metadata of some kind on a path. */
    public static boolean maySet(Auth auth, Principal caller, StoreView view, byte[] path) {
        Optional<Entry> living = path.length == 0 ? Optional.empty() : view.tree().get(path)
                .filter(entry -> !entry.deleted());
        EffectiveRights rights = auth.permissions().of(caller, view);
        return rights.maySetSubtree(path) || rights.maySetOwnKeys(path, living);
    }

    /** Whether a caller may set metadata of the subtree of a path. */
    public static boolean rules(Auth auth, Principal caller, StoreView view, byte[] path) {
        return auth.permissions().of(caller, view).maySetSubtree(path);
    }

    /**
     * A record of metadata: {@code kind} is {@code adm}, {@code +} of the owner of the subtree, or {@code
     * own}.
     */
    public record Kept(String path, String kind, UUID user, Metadata set) { }

    /** All records of metadata in a state. */
    public static List<Kept> records(StoreView view) {
        List<Kept> all = new ArrayList<>();
        AccountReader records = new AccountReader();
        TreeCursor scan = view.tree().scan(AccountKeys.METADATA);
        while (scan.next()) {
            MetadataKey slot = MetadataKey.of(scan.entry().key()).orElseThrow();
            records.setting(view, slot.key().orElseThrow(), 0).filter(set -> !scan.entry().deleted())
                    .ifPresent(set ->
                    all.add(new Kept(new String(slot.path(), StandardCharsets.UTF_8),
                            KINDS.get(slot.kind().ordinal()), slot.user(),
                            set.metadata())));
        }
        return all;
    }

    /** The key of a record, and its content, as they are stored. */
    public record Stored(byte[] key, byte[] json) { }

    /** The same of one record. */
    public static Stored stored(byte[] path, String kind, UUID user, Metadata set) {
        MetadataKey.Kind of = MetadataKey.Kind.values()[KINDS.indexOf(kind)];
        return new Stored(new MetadataKey(path, of, user).key().orElseThrow().bytes(),
                StoredMetadata.encode(set, of, false));
    }
}
