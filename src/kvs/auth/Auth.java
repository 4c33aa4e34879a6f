package kvs.auth;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import kvs.model.Hkdf;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.Store;
import kvs.store.StoreView;
import kvs.tree.Entry;
import kvs.world.Clock;
import kvs.world.Dice;

/**
 * The accounts of a node: authenticates callers, and holds the parts that administer users, groups, tokens
 * and metadata. Thread-safe.
 */
public final class Auth {

    private final AdminTokenFile adminToken;
    private final TokenVerifier verifier;
    private final Tokens tokens;
    private final Users users;
    private final UserGroups groups;
    private final RightsResolver permissions;
    private final MetadataAdmin metadata;
    private final FirstUserSetup bootstrap;
    private final AccountTransactions transactions;

    /**
     * The settings of accounts.
     *
     * @param cluster {@code cluster_name}: tokens of another cluster are invalid even under the same secret
     * @param secrets of the cluster, at least one: the first signs, all verify
     * @param permissions the defaults
     * @param readers the members that read the records stored here
     */
    public record Settings(String cluster, List<byte[]> secrets, RightsResolver.Settings permissions,
            MetadataFormatGate readers) {

        /** Accounts of a node that is alone. */
        public Settings(String cluster, List<byte[]> secrets, RightsResolver.Settings permissions) {
            this(cluster, secrets, permissions, MetadataFormatGate.ALONE);
        }
    }

    /** The doors of accounts. */
    record Dependencies(Store store, Clock clock, Dice dice) { }

    /** Accounts stored in {@code store}. */
    public Auth(Store store, Clock clock, Dice dice, AdminTokenFile adminToken, Settings settings) {
        this(new Dependencies(store, clock, dice), adminToken, settings, RightsResolver.RuleSet::of);
    }

    /** The same with other rules, for tests that take one out. */
    Auth(Dependencies dependencies, AdminTokenFile adminToken, Settings settings, Function<AccountReader,
            RightsResolver.RuleSet> rules) {
        this.adminToken = adminToken;
        AccountReader records = new AccountReader();
        this.permissions = new RightsResolver(records, dependencies.clock, settings.permissions,
                rules.apply(records));
        this.transactions = new AccountTransactions(dependencies.store, dependencies.clock,
                dependencies.dice, permissions);
        List<byte[]> keys = settings.secrets.stream()
                .map(secret -> Hkdf.key(secret, "kvs jwt 1 " + settings.cluster)).toList();
        Jwt jwt = new Jwt("kvs/" + settings.cluster, keys);
        this.verifier = new TokenVerifier(transactions, records, jwt);
        this.tokens = new Tokens(transactions, records, jwt);
        this.users = new Users(transactions, records);
        this.groups = new UserGroups(transactions, records);
        this.metadata = new MetadataAdmin(transactions, records, permissions, settings.readers);
        this.bootstrap = new FirstUserSetup(transactions, tokens, users);
    }

    /**
     * The bearer of a credential.
     *
     * @param local whether it came from this machine, without a proxy between
     * @throws Refusal {@code UNAUTHORIZED}
     */
    public Principal bearer(String credential, boolean local) {
        if (!credential.startsWith(AdminTokenFile.PREFIX)) {
            return verifier.bearer(credential);
        }
        if (!adminToken.is(credential) || !local) {
            throw RightsResolver.unauthorized("the admin token is not that of this node,"
                    + " or was not sent from the same machine");
        }
        return Principal.OPERATOR;
    }

    /**
     * The reason why a caller has a right on a key, or has not. For a key that they may not read it is the
     * same as for an absent one: only creating can be allowed there.
     */
    public AccessExplanation explain(Right right, Key key, Principal caller) {
        StoreView view = transactions.view();
        return explain(right, key, permissions.of(caller, view), view);
    }

    /** The same for a user, as if with a token of all scopes. */
    public AccessExplanation explain(Right right, Key key, UUID user) {
        StoreView view = transactions.view();
        return explain(right, key, permissions.of(user, view)
                .orElseThrow(() -> new Refusal(Reason.NOT_FOUND, "there is no user " + user)), view);
    }

    private AccessExplanation explain(Right right, Key key, EffectiveRights rights, StoreView view) {
        long now = transactions.now();
        byte[] path = key.bytes();
        Optional<Entry> seen = view.tree().get(path).filter(entry -> !entry.deadAt(now))
                .filter(rights::shows);
        boolean absent = right != Right.CREATE && seen.isEmpty();
        boolean allowed = right == Right.CREATE ? rights.mayCreate(path)
                : seen.map(entry -> rights.may(right, entry)).orElse(rights.unbound());
        AccessExplanation.DecidingMetadata decidingMetadata = seen.filter(entry -> right != Right.CREATE)
                .map(entry -> ground(rights, path, view.owner(entry)))
                .orElseGet(() -> ground(rights, path, rights.visibleMetadata(path)));
        return new AccessExplanation(allowed, rights.caller(), right, decidingMetadata, absent);
    }

    private static AccessExplanation.DecidingMetadata ground(EffectiveRights rights, byte[] path,
            InheritedMetadata subtree) {
        return new AccessExplanation.DecidingMetadata(MetadataScope.SUBTREE, rights.standing(subtree),
                subtree.bits(), from(path, subtree.set(), subtree.length()), Optional.empty());
    }

    private static AccessExplanation.DecidingMetadata ground(EffectiveRights rights,
            byte[] path, UUID owner) {
        InheritedMetadata subtree = rights.subtrees().at(path);
        boolean ruler = rights.standing(subtree.ruler(), Version.NOBODY) == PermissionClass.OWNER;
        return rights.subtrees().own(path, owner).filter(own -> !ruler)
                .map(own -> new AccessExplanation.DecidingMetadata(MetadataScope.OWN_KEYS,
                        rights.standing(owner, own.metadata().group()), own.metadata().bits(),
                        from(path, true, own.length()), Optional.of(subtree.bits())))
                .orElseGet(() -> new AccessExplanation.DecidingMetadata(MetadataScope.SUBTREE,
                        rights.standing(ruler ? subtree.ruler() : owner, subtree.metadata().group()),
                        subtree.bits(), from(path, subtree.set(), subtree.length()), Optional.empty()));
    }

    private static Optional<String> from(byte[] path, boolean set, int length) {
        return set ? Optional.of(new String(path, 0, length, StandardCharsets.UTF_8)) : Optional.empty();
    }

    /** Authenticates the bearers of tokens. */
    public TokenVerifier verifier() {
        return verifier;
    }

    /** Tokens. */
    public Tokens tokens() {
        return tokens;
    }

    /** Users. */
    public Users users() {
        return users;
    }

    /** Groups. */
    public UserGroups groups() {
        return groups;
    }

    /** Permissions of callers. */
    public RightsResolver permissions() {
        return permissions;
    }

    /** Metadata of paths. */
    public MetadataAdmin metadata() {
        return metadata;
    }

    /** Creation of the first user. */
    public FirstUserSetup bootstrap() {
        return bootstrap;
    }
}
