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
    private final Rights.Near standard;

    /**
     * How permissions are set up.
     *
     * @param standard {@code default_permissions}: of the root, until somebody sets its metadata
     * @param anonymousRead {@code allow_anonymous_read}
     * @param anonymousWrite {@code allow_anonymous_write}
     */
    public record Settings(Bits standard, boolean anonymousRead, boolean anonymousWrite) { }

    Permissions(Records records, Clock clock, Settings settings) {
        this.records = records;
        this.clock = clock;
        this.decision = new Decision(settings.anonymousRead, settings.anonymousWrite);
        this.standard = new Rights.Near(Metadata.standard(settings.standard), 0, false);
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
        if (now >= caller.expires() || user.isEmpty() || records.token(view, caller.user(), id, now).isEmpty()) {
            throw unauthorized("the token has expired or was revoked");
        }
        boolean admin = user.get().admin() && caller.scopes().contains(Scope.ADMIN);
        return admin == caller.admin() ? caller : new Caller(caller.kind(), caller.user(), caller.token(), caller.scopes(), admin,
                caller.expires());
    }

    Decision decision() {
        return decision;
    }

    Rights.Near standard() {
        return standard;
    }

    boolean member(View view, UUID group, UUID user, long now) {
        return Records.has(view, Reserved.member(group, user), now) && records.group(view, group, now).isPresent();
    }

    Optional<Metadata> metadata(View view, byte[] path, int length, long now) {
        return records.metadata(view, path, length, now);
    }

    /** A credential is missing or not good. */
    static Refusal unauthorized(String detail) {
        return new Refusal(Reason.UNAUTHORIZED, detail);
    }
}
