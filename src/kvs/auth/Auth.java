package kvs.auth;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import kvs.model.Key;
import kvs.model.Refusal;
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
     */
    public record Settings(String cluster, List<byte[]> secrets, Permissions.Settings permissions) { }

    /** Accounts stored in {@code store}. */
    public Auth(Store store, Clock clock, Dice dice, AdminToken adminToken, Settings settings) {
        this.adminToken = adminToken;
        Records records = new Records();
        this.permissions = new Permissions(records, clock, settings.permissions);
        this.ledger = new Ledger(store, clock, dice, permissions);
        List<byte[]> keys = settings.secrets.stream().map(secret -> Hkdf.key(secret, "kvs jwt 1 " + settings.cluster)).toList();
        this.tokens = new Tokens(ledger, records, new Jwt("kvs/" + settings.cluster, keys));
        this.accounts = new Accounts(ledger, records);
        this.groups = new Groups(ledger, records);
        this.ownership = new Ownership(ledger, records, permissions);
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

    /** Why somebody may do something with a key, or may not. Of keys that they may not read it says what it would of absent ones. */
    public Explanation explain(Right right, Key key, Caller caller) {
        View view = ledger.view();
        Rights rights = permissions.of(caller, view);
        long now = ledger.now();
        var seen = view.tree().get(key.bytes()).filter((Entry e) -> !e.deadAt(now)).filter(rights::shows);
        byte[] path = key.bytes();
        Rights.Near deciding = right == Right.CREATE ? rights.above(path, path.length) : rights.near(path, path.length);
        Rights.Near near = rights.told(path, deciding);
        var owner = right == Right.CREATE ? deciding.metadata().owner() : seen.map(view::owner).orElse(deciding.metadata().owner());
        var told = near.equals(deciding) ? owner : near.metadata().owner();
        return new Explanation(rights.may(right, deciding, owner), rights.caller(), right, rights.standing(near, told), near.metadata().bits(),
                near.set() ? Optional.of(new String(path, 0, near.length(), StandardCharsets.UTF_8))
                        : Optional.empty());
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
