package kvs.auth;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import kvs.model.Version;

/**
 * Who sends a request, as their credential proves it at that moment.
 *
 * @param kind how they came in
 * @param user who they are, {@link Version#NOBODY} without a name
 * @param token id of their token
 * @param scopes of that token
 * @param admin whether the token has the scope and its user is an administrator now
 * @param expires Unix ms at which the credential ends
 */
public record Principal(Kind kind, UUID user, Optional<UUID> token, Set<TokenScope> scopes, boolean admin, long expires) {

    /** How somebody comes in. */
    public enum Kind {
        /** Accounts are switched off: everybody may do everything. */
        EVERYBODY,
        /** Without a credential. */
        ANONYMOUS,
        /** By a token. */
        USER,
        /** By the file {@code admin.token} of this machine. */
        OPERATOR,
        /** By the secret of the cluster: another node. */
        PEER
    }

    /** Whoever comes while accounts are switched off. */
    public static final Principal EVERYBODY = new Principal(Kind.EVERYBODY, Version.NOBODY, Optional.empty(), Set.of(), true, Version.FOREVER);
    /** Who has no credential. */
    public static final Principal ANONYMOUS = new Principal(Kind.ANONYMOUS, Version.NOBODY, Optional.empty(), Set.of(), false, Version.FOREVER);
    /** In whose name the operator of the machine writes: not a user, but not nobody. */
    public static final UUID OPERATOR_ID = new UUID(0, 1);
    /** Who can read the data directory. */
    public static final Principal OPERATOR = new Principal(Kind.OPERATOR, OPERATOR_ID, Optional.empty(), Set.of(TokenScope.values()), true,
            Version.FOREVER);

    /** Another node of the cluster; it may do nothing but what nodes do. */
    public static final Principal NODE = new Principal(Kind.PEER, Version.NOBODY, Optional.empty(), Set.of(), false, Version.FOREVER);

    /** Whether their token may be used for that, permissions aside. */
    public boolean covers(Right right) {
        return admin || TokenScope.any(scopes, right);
    }

    /** Whether a credential was shown and found good. */
    public boolean proven() {
        return kind == Kind.USER || kind == Kind.OPERATOR;
    }
}
