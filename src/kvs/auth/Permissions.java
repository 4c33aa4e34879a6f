package kvs.auth;

import java.util.Optional;
import java.util.UUID;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.store.View;
import kvs.world.Clock;

/** Decides who may do what: makes {@link Rights} of a caller in a state of the store. Thread-safe. */
public final class Permissions {

    private final Records records;
    private final Clock clock;
    private final Decision decision;
    private final Bits standard;
    private final AccessRules rules;
    private final MetadataRecords metadata;

    /**
     * How permissions are set up.
     *
     * @param standard {@code default_permissions}: of the root, until somebody sets its metadata
     * @param anonymousRead {@code allow_anonymous_read}
     * @param anonymousWrite {@code allow_anonymous_write}
     */
    public record Settings(Bits standard, boolean anonymousRead, boolean anonymousWrite) { }

    /** The rules in force, and where metadata is looked for. */
    record RuleSet(AccessRules rules, MetadataRecords metadata) {

        static RuleSet of(Records records) {
            return new RuleSet(new AccessRules(), new MetadataRecords(records));
        }
    }

    Permissions(Records records, Clock clock, Settings settings, RuleSet ruleSet) {
        this.rules = ruleSet.rules;
        this.metadata = ruleSet.metadata;
        this.records = records;
        this.clock = clock;
        this.decision = new Decision(settings.anonymousRead, settings.anonymousWrite);
        this.standard = settings.standard;
    }

    /**
     * What {@code caller} may do in {@code view}. Token and user are looked at again: both may have changed since the request came.
     *
     * @throws Refusal {@code UNAUTHORIZED} when the credential is not good any more
     */
    public Rights of(Caller caller, View view) {
        long now = clock.wallMs();
        return new Rights(this, view, caller.kind() == Caller.Kind.USER ? renewed(caller, view, now) : caller, now);
    }

    private Caller renewed(Caller caller, View view, long now) {
        UUID id = caller.token().orElseThrow();
        Optional<User> user = records.user(view, caller.user(), now);
        if (now >= caller.expires() || user.isEmpty() || records.good(view, caller.user(), id, now)
                .isEmpty()) {
            throw unauthorized("the token has expired or was revoked");
        }
        boolean admin = user.get().admin() && caller.scopes().contains(Scope.ADMIN);
        return admin == caller.admin() ? caller : new Caller(caller.kind(), caller.user(), caller.token(), caller.scopes(), admin,
                caller.expires());
    }

    Decision decision() {
        return decision;
    }

    AccessRules rules() {
        return rules;
    }

    MetadataRecords metadata() {
        return metadata;
    }

    Subtrees subtrees(View view, long now) {
        return new Subtrees(view, metadata, rules, standard, now);
    }

    boolean member(View view, UUID group, UUID user, long now) {
        return Records.has(view, Reserved.member(group, user), now) && records.group(view, group, now)
                .isPresent();
    }

    /** A credential is missing or not good. */
    static Refusal unauthorized(String detail) {
        return new Refusal(Reason.UNAUTHORIZED, detail);
    }
}
