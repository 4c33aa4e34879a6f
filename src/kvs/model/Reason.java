package kvs.model;

import java.util.Locale;

/** Why a request cannot be served. Each has one HTTP status and one page under {@code /problems/}; both are decided in {@code kvs.http}. */
public enum Reason {
    /** A parameter, header or member that is missing, unknown or impossible. */
    BAD_REQUEST,
    /** A path that no key can have. */
    BAD_KEY,
    /** A body that is not the JSON we take. */
    BAD_JSON,
    /** A credential that is missing, bad, expired or revoked. */
    UNAUTHORIZED,
    /** The caller may not do this. */
    FORBIDDEN,
    /** Only an administrator may do this, by a token with the scope {@code admin}. */
    ADMIN_SCOPE_NEEDED,
    /** The first user and token cannot be made without a credential here, now, or by this request. */
    BOOTSTRAP_CLOSED,
    /** Accounts and tokens are switched off. */
    AUTH_DISABLED,
    /** A request made by a web page of another origin. */
    CROSS_ORIGIN,
    /** Nothing here, or nothing that the caller may know of. */
    NOT_FOUND,
    /** The path exists, the method does not. */
    METHOD_NOT_ALLOWED,
    /** An atomic batch of which at least one operation cannot be done. */
    BATCH_FAILED,
    /** What was at that moment is not known of every key: the history does not reach back so far. */
    HISTORY_TOO_SHORT,
    /** It would leave the cluster without an administrator. */
    LAST_ADMIN,
    /** A member of the cluster is of a version that could not read what would be written. */
    OLDER_MEMBERS,
    /** As many as there may be exist already. */
    LIMIT_REACHED,
    /** A head that did not come in time. */
    REQUEST_TIMEOUT,
    /** A body without a length, where its engine needs one. */
    LENGTH_REQUIRED,
    /** {@code If-Match}, {@code If-None-Match} or {@code If-Unmodified-Since} does not hold. */
    CONDITION_FAILED,
    /** A body over the limit. */
    TOO_LARGE,
    /** A target over the limit. */
    TARGET_TOO_LONG,
    /** A body of a type that we do not take. */
    UNSUPPORTED_TYPE,
    /** An expectation that we do not know. */
    EXPECTATION_FAILED,
    /** A head over the limit. */
    HEADERS_TOO_LARGE,
    /** Another version of HTTP. */
    VERSION_NOT_SUPPORTED,
    /** A Host that is not ours. */
    MISDIRECTED,
    /** Too many requests of one client. */
    RATE_LIMITED,
    /** The node takes no client writes. */
    READ_ONLY,
    /** The node is fetching the data of its cluster. */
    SYNCING,
    /** The node has not come as far as the position that the request names. */
    BEHIND,
    /** What comes after the position has been forgotten in part. */
    POSITION_GONE,
    /** The node's clock is so wrong that its writes would beat, or be beaten by, those of all others. */
    CLOCK_WRONG,
    /** A queue is full: try again later. */
    BUSY,
    /** An fsync failed: this process takes no writes any more. */
    STORE_FAILED,
    /** The disk refused a write. */
    DISK_FULL,
    /** The record of this key is unreadable. */
    DAMAGED,
    /** A fault of ours. */
    INTERNAL;

    /** The name that stands in answers: {@code read_only}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
