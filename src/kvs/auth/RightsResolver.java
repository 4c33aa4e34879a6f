package kvs.auth;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.StoreView;
import kvs.world.Clock;

/** Evaluates permissions: the {@link EffectiveRights} of a caller in a state of the store. Thread-safe. */
public final class RightsResolver {

    private final AccountReader records;
    private final Clock clock;
    private final PermissionBitsEvaluator decision;
    private final PermissionBits standard;
    private final AccessRules rules;
    private final MetadataLookup metadata;

    /**
     * The settings of permissions.
     *
     * @param standard {@code default_permissions}: of the root, until its metadata is set
     * @param anonymousRead {@code allow_anonymous_read}
     * @param anonymousWrite {@code allow_anonymous_write}
     */
    public record Settings(PermissionBits standard, boolean anonymousRead, boolean anonymousWrite) { }

    /** The rules in force, and the lookup of metadata. */
    record RuleSet(AccessRules rules, MetadataLookup metadata) {

        static RuleSet of(AccountReader records) {
            return new RuleSet(new AccessRules(), new MetadataLookup(records));
        }
    }

    RightsResolver(AccountReader records, Clock clock, Settings settings, RuleSet ruleSet) {
        this.rules = ruleSet.rules;
        this.metadata = ruleSet.metadata;
        this.records = records;
        this.clock = clock;
        this.decision = new PermissionBitsEvaluator(settings.anonymousRead, settings.anonymousWrite);
        this.standard = settings.standard;
    }

    /**
     * The rights of {@code caller} in {@code view}. Token and user are read again: both may have changed
     * since the request arrived.
     *
     * @throws Refusal {@code UNAUTHORIZED} when the credential is no longer valid
     */
    public EffectiveRights of(Principal caller, StoreView view) {
        long now = clock.wallMs();
        return new EffectiveRights(this, view,
                caller.kind() == Principal.Kind.USER ? renewed(caller, view, now) : caller, now);
    }

    /** The rights of a caller whose credential is known to be valid in {@code view}, and now. */
    public EffectiveRights ofValid(Principal caller, StoreView view) {
        return new EffectiveRights(this, view, caller, clock.wallMs());
    }

    /** The rights of a user in {@code view} as if with a token of all scopes; empty when there is none. */
    Optional<EffectiveRights> of(UUID id, StoreView view) {
        long now = clock.wallMs();
        return records.user(view, id, now).map(user -> new EffectiveRights(this, view, new Principal(
                Principal.Kind.USER, id, Optional.empty(), Set.of(TokenScope.values()), user.admin(),
                Version.FOREVER), now));
    }

    private Principal renewed(Principal caller, StoreView view, long now) {
        UUID id = caller.token().orElseThrow();
        Optional<User> user = records.user(view, caller.user(), now);
        if (now >= caller.expires() || user.isEmpty() || records.good(view, caller.user(), id, now)
                .isEmpty()) {
            throw unauthorized("the token has expired or was revoked");
        }
        boolean admin = user.get().admin() && caller.scopes().contains(TokenScope.ADMIN);
        return admin == caller.admin() ? caller : new Principal(caller.kind(), caller.user(), caller.token(),
                caller.scopes(), admin, caller.expires());
    }

    PermissionBitsEvaluator decision() {
        return decision;
    }

    AccessRules rules() {
        return rules;
    }

    MetadataLookup metadata() {
        return metadata;
    }

    MetadataResolver subtrees(StoreView view, long now) {
        return new MetadataResolver(view, metadata, rules, standard, now);
    }

    boolean member(StoreView view, UUID group, UUID user, long now) {
        return AccountReader.has(view, AccountKeys.member(group, user), now)
                && records.group(view, group, now).isPresent();
    }

    /** The refusal of a missing or invalid credential. */
    static Refusal unauthorized(String detail) {
        return new Refusal(Reason.UNAUTHORIZED, detail);
    }
}
