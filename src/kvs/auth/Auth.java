package kvs.auth;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.Store;
import kvs.store.View;
import kvs.tree.Entry;
import kvs.world.Clock;
import kvs.world.Dice;

/** The accounts of a node, put together: who somebody is, and the parts that administer users, groups, tokens and metadata. Thread-safe. */
public final class Auth {

    private final AdminToken adminToken;
    private final Tokens tokens;
    private final Accounts accounts;
    private final Groups groups;
    private final Permissions permissions;
    private final Ownership ownership;
    private final FirstAdmin firstAdmin;
    private final Ledger ledger;

    /**
     * How accounts are set up.
     *
     * @param cluster {@code cluster_name}: tokens of another cluster are strangers even under the same secret
     * @param secrets of the cluster, at least one: the first signs, all verify
     * @param permissions defaults
     * @param readers the members that read what is stored here
     */
    public record Settings(String cluster, List<byte[]> secrets, Permissions.Settings permissions,
            Readers readers) {

        /** Accounts of a node that is alone. */
        public Settings(String cluster, List<byte[]> secrets, Permissions.Settings permissions) {
            this(cluster, secrets, permissions, Readers.ALONE);
        }
    }

    /** The doors of accounts. */
    record Doors(Store store, Clock clock, Dice dice) { }

    /** Accounts stored in {@code store}. */
    public Auth(Store store, Clock clock, Dice dice, AdminToken adminToken, Settings settings) {
        this(new Doors(store, clock, dice), adminToken, settings, Permissions.RuleSet::of);
    }

    /** The same by other rules than ours, for tests that take one out. */
    Auth(Doors doors, AdminToken adminToken, Settings settings, Function<Records,
            Permissions.RuleSet> rules) {
        this.adminToken = adminToken;
        Records records = new Records();
        this.permissions = new Permissions(records, doors.clock, settings.permissions, rules.apply(records));
        this.ledger = new Ledger(doors.store, doors.clock, doors.dice, permissions);
        List<byte[]> keys = settings.secrets.stream().map(secret -> Hkdf.key(secret, "kvs jwt 1 " + settings.cluster)).toList();
        this.tokens = new Tokens(ledger, records, new Jwt("kvs/" + settings.cluster, keys));
        this.accounts = new Accounts(ledger, records);
        this.groups = new Groups(ledger, records);
        this.ownership = new Ownership(ledger, records, permissions, settings.readers);
        this.firstAdmin = new FirstAdmin(ledger, tokens, accounts);
    }

    /**
     * Who bears a credential.
     *
     * @param local whether it came from this machine, without a proxy between
     * @throws Refusal {@code UNAUTHORIZED}
     */
    public Caller bearer(String credential, boolean local) {
        if (!credential.startsWith(AdminToken.PREFIX)) {
            return tokens.bearer(credential);
        }
        if (!adminToken.is(credential) || !local) {
            throw Permissions.unauthorized("the admin token is not that of this node, or was not sent from its machine");
        }
        return Caller.OPERATOR;
    }

    /**
     * Why somebody may do something with a key, or may not. Of keys that they may not read it says the same
     * as where nothing is: there only creating can be allowed.
     */
    public Explanation explain(Right right, Key key, Caller caller) {
        View view = ledger.view();
        Rights rights = permissions.of(caller, view);
        long now = ledger.now();
        byte[] path = key.bytes();
        Optional<Entry> seen = view.tree().get(path).filter(entry -> !entry.deadAt(now))
                .filter(rights::shows);
        boolean absent = right != Right.CREATE && seen.isEmpty();
        boolean allowed = right == Right.CREATE ? rights.mayCreate(path)
                : seen.map(entry -> rights.may(right, entry)).orElse(rights.unbound());
        Explanation.Ground ground = seen.filter(entry -> right != Right.CREATE)
                .map(entry -> ground(rights, path, view.owner(entry)))
                .orElseGet(() -> ground(rights, path, rights.told(path)));
        return new Explanation(allowed, rights.caller(), right, ground, absent);
    }

    private static Explanation.Ground ground(Rights rights, byte[] path, Subtree subtree) {
        return new Explanation.Ground(AppliesTo.SUBTREE, rights.standing(subtree), subtree.bits(),
                from(path, subtree.set(), subtree.length()),
                Optional.empty());
    }

    private static Explanation.Ground ground(Rights rights, byte[] path, UUID owner) {
        Subtree subtree = rights.subtrees().at(path);
        boolean ruler = rights.standing(subtree.ruler(), Version.NOBODY) == Standing.OWNER;
        return rights.subtrees().own(path, owner).filter(own -> !ruler)
                .map(own -> new Explanation.Ground(AppliesTo.OWN_KEYS,
                rights.standing(owner, own.metadata().group()), own.metadata().bits(),
                from(path, true, own.length()),
                Optional.of(subtree.bits()))).orElseGet(() -> new Explanation.Ground(AppliesTo.SUBTREE,
                rights.standing(ruler ? subtree.ruler() : owner, subtree.metadata().group()), subtree.bits(),
                from(path, subtree.set(), subtree.length()), Optional.empty()));
    }

    private static Optional<String> from(byte[] path, boolean set, int length) {
        return set ? Optional.of(new String(path, 0, length, StandardCharsets.UTF_8)) : Optional.empty();
    }

    /** Tokens. */
    public Tokens tokens() {
        return tokens;
    }

    /** Users. */
    public Accounts accounts() {
        return accounts;
    }

    /** Groups. */
    public Groups groups() {
        return groups;
    }

    /** Who may do what. */
    public Permissions permissions() {
        return permissions;
    }

    /** Metadata of paths. */
    public Ownership ownership() {
        return ownership;
    }

    /** The first user. */
    public FirstAdmin firstAdmin() {
        return firstAdmin;
    }
}
