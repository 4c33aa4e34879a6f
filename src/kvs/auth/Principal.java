package kvs.auth;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import kvs.model.Version;

/**
 * The sender of a request, as its credential proves it at that moment.
 *
 * @param kind the kind of credential
 * @param user the user, {@link Version#NOBODY} without a name
 * @param token id of the token
 * @param scopes of that token
 * @param admin whether the token has the scope and its user is an administrator now
 * @param expires Unix ms at which the credential ends
 */
public record Principal(Kind kind, UUID user, Optional<UUID> token, Set<TokenScope> scopes, boolean admin,
        long expires) {

    /** The kind of a credential. */
    public enum Kind {
        /** None needed: accounts are switched off, everybody may do everything. */
        EVERYBODY,
        /** None. */
        ANONYMOUS,
        /** A token. */
        USER,
        /** The file {@code admin.token} of this machine. */
        OPERATOR,
        /** The secret of the cluster: another node. */
        PEER
    }

    /** Every caller while accounts are switched off. */
    public static final Principal EVERYBODY = new Principal(Kind.EVERYBODY, Version.NOBODY, Optional.empty(),
            Set.of(), true, Version.FOREVER);
    /** A caller without a credential. */
    public static final Principal ANONYMOUS = new Principal(Kind.ANONYMOUS, Version.NOBODY, Optional.empty(),
            Set.of(), false, Version.FOREVER);
    /** The author of the operator's writes: not a user, but not nobody. */
    public static final UUID OPERATOR_ID = new UUID(0, 1);
    /** A caller who can read the data directory. */
    public static final Principal OPERATOR = new Principal(Kind.OPERATOR, OPERATOR_ID, Optional.empty(),
            Set.of(TokenScope.values()), true, Version.FOREVER);

    /** Another node of the cluster; it may do nothing but what nodes do. */
    public static final Principal NODE = new Principal(Kind.PEER, Version.NOBODY, Optional.empty(), Set.of(),
            false, Version.FOREVER);

    /** Whether the token's scopes cover a right, permissions aside. */
    public boolean covers(Right right) {
        return admin || TokenScope.any(scopes, right);
    }

    /** Whether a credential was presented and is valid. */
    public boolean proven() {
        return kind == Kind.USER || kind == Kind.OPERATOR;
    }
}
