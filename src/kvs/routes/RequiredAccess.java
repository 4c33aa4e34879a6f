package kvs.routes;

/**
 * The access that a route requires of a caller, checked before anything else of the request; the permissions
 * of keys are checked later, key by key.
 */
public enum RequiredAccess {
    /** Nothing. */
    OPEN,
    /** To read documents: a token with that scope, or {@code allow_anonymous_read}. */
    READ,
    /** To create or overwrite documents: a token with such a scope, or {@code allow_anonymous_write}. */
    WRITE,
    /** To delete documents: a token with such a scope, never anonymous. */
    DELETE,
    /** Several of these, checked one by one: a token, or one of the two. */
    DATA,
    /** A request from this machine through no proxy, or a token. */
    LOCAL,
    /** A token. */
    TOKEN,
    /** An administrator's token. */
    ADMIN,
    /** An administrator's token, or none for the first user. */
    FIRST_USER,
    /** A token, or none for the first token. */
    FIRST_TOKEN,
    /** The signature of another node of the cluster. */
    PEER
}
