package kvs.model;

import java.util.Locale;

/**
 * The reasons why a request cannot be served. Each has one HTTP status and one page under {@code /problems/};
 * both are decided in {@code kvs.http}.
 */
public enum Reason {
    /** A parameter, header or member of a JSON object that is missing, unknown or invalid. */
    BAD_REQUEST,
    /** A path that no key can have. */
    BAD_KEY,
    /** A body that is not valid JSON within our limits. */
    BAD_JSON,
    /** A credential that is missing, invalid, expired or revoked. */
    UNAUTHORIZED,
    /** The caller has no permission for this request. */
    FORBIDDEN,
    /** An administrator's request, for which a token with the scope {@code admin} is needed. */
    ADMIN_SCOPE_NEEDED,
    /** The first user and token cannot be created without a credential here, now, or by this request. */
    BOOTSTRAP_CLOSED,
    /** Accounts and tokens are switched off. */
    AUTH_DISABLED,
    /** A request of a web page of another origin. */
    CROSS_ORIGIN,
    /** Nothing exists here, or nothing that the caller may know of. */
    NOT_FOUND,
    /** The path exists, the method does not. */
    METHOD_NOT_ALLOWED,
    /** An atomic batch with at least one operation that cannot be done. */
    BATCH_FAILED,
    /** The state at that moment is not known for every key: the history does not reach back so far. */
    HISTORY_TOO_SHORT,
    /** The cluster would be left without an administrator. */
    LAST_ADMIN,
    /** A member of the cluster runs a release that could not read the new data. */
    OLDER_MEMBERS,
    /** The permitted number exists already. */
    LIMIT_REACHED,
    /** Work of which there is only one at a time is in progress, or was done. */
    IN_PROGRESS,
    /** A head that did not arrive in time. */
    REQUEST_TIMEOUT,
    /** A body without a length, where the HTTP engine needs one. */
    LENGTH_REQUIRED,
    /** {@code If-Match}, {@code If-None-Match} or {@code If-Unmodified-Since} does not hold. */
    CONDITION_FAILED,
    /** A body over the limit. */
    TOO_LARGE,
    /** A target over the limit. */
    TARGET_TOO_LONG,
    /** A body of an unsupported type. */
    UNSUPPORTED_TYPE,
    /** An unknown expectation. */
    EXPECTATION_FAILED,
    /** A head over the limit. */
    HEADERS_TOO_LARGE,
    /** An unsupported version of HTTP. */
    VERSION_NOT_SUPPORTED,
    /** A Host header that is not one of ours. */
    MISDIRECTED,
    /** Too many requests of one client. */
    RATE_LIMITED,
    /** The node accepts no client writes. */
    READ_ONLY,
    /** The node is fetching the data of its cluster. */
    SYNCING,
    /** The coverage of the node does not include the position in the request yet. */
    BEHIND,
    /** A part of the changes after the position has been forgotten. */
    POSITION_GONE,
    /**
     * The node's clock is so wrong that its writes would supersede, or be superseded by, those of all other
     * nodes.
     */
    CLOCK_WRONG,
    /** A queue is full: try again later. */
    BUSY,
    /** An fsync failed: this process accepts no writes any more. */
    STORE_FAILED,
    /** The disk refused a write. */
    DISK_FULL,
    /** The record of this key is unreadable. */
    DAMAGED,
    /** A fault of the program. */
    INTERNAL;

    /** The name in responses: {@code read_only}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
