package kvs.http;

import java.util.Map;
import kvs.model.Reason;

/**
 * The help text of every reason, for {@code GET /problems/{reason}}: the meaning and the remedy. The texts of
 * one class of reasons stand together; the switch has every reason exactly once.
 */
public final class ProblemHelp {

    /** Faults in the head of a request, which an engine may find before any other part. */
    private static final Map<Reason, String> HEADS = Map.of(
            Reason.REQUEST_TIMEOUT,
                    "The head of the request did not arrive in time. Send it at once,"
                            + " or open the connection later.",
            Reason.LENGTH_REQUIRED,
                    "The engine of this node (http_engine: jdk) accepts no chunked body: send a"
                            + " Content-Length. 'curl -T -' sends chunks; use 'curl --data-binary @-'.",
            Reason.TARGET_TOO_LONG,
                    "The request target is longer than any key. Shorten it.",
            Reason.EXPECTATION_FAILED,
                    "The header Expect has another value than 100-continue, the only one that this node"
                            + " supports. Remove the header.",
            Reason.HEADERS_TOO_LARGE,
                    "The request line and the headers are too long, or the headers are too many."
                            + " Remove headers that a proxy or a browser added, cookies first.",
            Reason.VERSION_NOT_SUPPORTED,
                    "The request has another version of HTTP. This node supports HTTP/1.1 and HTTP/1.0.");
    /** Refusals of the caller: the credential, its rights, or the page that it comes from. */
    private static final Map<Reason, String> ACCESS = Map.of(
            Reason.UNAUTHORIZED,
                    "The request has no credential, or its credential is invalid, expired or revoked. Send"
                            + " 'Authorization: Bearer TOKEN'. Create a token by POST /auth/tokens, or by"
                            + " 'java -jar kvs.jar token' on the machine of the node.",
            Reason.FORBIDDEN,
                    "The caller may not do this. The scope of the token, the owner's permissions for own"
                            + " keys, if any, and the permissions of the subtree must all allow it. The"
                            + " permissions of the subtree at or above a key decide about its creation; an"
                            + " earlier expiry needs the right to delete."
                            + " GET /auth/can?path=…&op=read|write|create|delete explains the decision.",
            Reason.ADMIN_SCOPE_NEEDED,
                    "Only an administrator may do this,"
                            + " with a token that has the scope 'admin'. On the machine of the node:"
                            + " java -jar kvs.jar token --scopes read,write,admin",
            Reason.BOOTSTRAP_CLOSED,
                    "A request without a credential can create only the first user and the first token"
                            + " of that user: once, on a fresh node that listens on loopback, within 60"
                            + " minutes of its start. The client must run as the node's user on the same"
                            + " machine and send application/json, not through a proxy or from a web page."
                            + " Otherwise run: java -jar kvs.jar token",
            Reason.AUTH_DISABLED,
                    "auth_enabled is false on this node: it has no users and tokens, and every request"
                            + " may do everything.",
            Reason.CROSS_ORIGIN,
                    "A web page of another origin sent the request."
                            + " To allow it, add its origin to cors_origins.");
    /** States of the node, which make it refuse requests that are correct. */
    private static final Map<Reason, String> NODE = Map.of(
            Reason.READ_ONLY,
                    "The node accepts no client writes (read_only). Write to another node.",
            Reason.SYNCING,
                    "The node is still receiving the data of its cluster. Try again,"
                            + " or use another node.",
            Reason.BEHIND,
                    "The node has not yet received all writes before the KVS-Position of the request."
                            + " Try again, or use another node.",
            Reason.CLOCK_WRONG,
                    "The clock of this node differs by more than a minute from"
                            + " the clocks of most others, so the node accepts no writes. Set the clock, if"
                            + " possible by NTP. Reads and replication continue.",
            Reason.BUSY,
                    "A queue is full, or a limit is reached. Nothing was done; try again after Retry-After.",
            Reason.STORE_FAILED,
                    "An fsync failed, so the content of the disk is unknown. Reads continue."
                            + " Check the disk, then restart the node.",
            Reason.DISK_FULL,
                    "The disk refused the write; nothing was stored. Free space:"
                            + " the node then accepts writes at once, without a restart.",
            Reason.DAMAGED,
                    "The newest version of this key is unreadable on the disk of this node,"
                            + " and the node returns no older one. Write the key again, or restore a backup."
                            + " 'verify DATA_DIR' lists all damage.",
            Reason.INTERNAL,
                    "The node has an internal error. Its log has details under the request id; please"
                            + " report it.");

    private ProblemHelp() { }

    /** The meaning of a reason and its remedy. */
    public static String text(Reason reason) {
        return switch (reason) {
            case BAD_REQUEST -> "A parameter, header or field of the body is missing, unknown or invalid."
                    + " The detail names it; correct it and send the request again.";
            case BAD_KEY -> "The key is invalid. A key consists of segments of UTF-8 separated by single"
                    + " slashes, 4,096 bytes at most, without control characters, '.' and '..';"
                    + " a first segment that starts with '_' and a last segment 'metadata' are reserved.";
            case BAD_JSON -> "The body is not the expected JSON; the detail has line and column. Duplicate"
                    + " names, unpaired surrogates, nesting deeper than 128 and bytes after the value are"
                    + " refused.";
            case UNAUTHORIZED, FORBIDDEN, ADMIN_SCOPE_NEEDED, BOOTSTRAP_CLOSED, AUTH_DISABLED,
                    CROSS_ORIGIN -> ACCESS.get(reason);
            case NOT_FOUND -> "The path does not exist, or its document has expired.";
            case METHOD_NOT_ALLOWED -> "The path does not support this method; Allow lists its methods.";
            case BATCH_FAILED -> "At least one operation of an atomic batch failed, so none was done;"
                    + " 'failed' lists their indexes.";
            case HISTORY_TOO_SHORT -> "The history of some keys, listed under 'unknown', does not reach back"
                    + " to that time, or is damaged; nothing was done. ?force leaves these keys unchanged."
                    + " revision_history_max is the number of older versions that a node keeps.";
            case LAST_ADMIN -> "The cluster needs an administrator. Make another user an administrator"
                    + " first.";
            case OLDER_MEMBERS -> "Members of the cluster, listed under 'members', run an older version,"
                    + " which cannot read this write. Nothing was written; upgrade them first.";
            case LIMIT_REACHED -> "The maximum number is reached; the detail names the limit. Remove some"
                    + " first.";
            case IN_PROGRESS -> "Other work is in progress, and there is one at a time, or this work was done"
                    + " already. Ask for its state, and try again when it is done.";
            case REQUEST_TIMEOUT, LENGTH_REQUIRED, TARGET_TOO_LONG, EXPECTATION_FAILED, HEADERS_TOO_LARGE,
                    VERSION_NOT_SUPPORTED -> HEADS.get(reason);
            case CONDITION_FAILED -> "If-Match, If-None-Match or If-Unmodified-Since does not hold:"
                    + " the key has changed. Read it again, then decide.";
            case TOO_LARGE -> "The body exceeds the limit in the detail; max_json_size limits documents.";
            case UNSUPPORTED_TYPE -> "The body must be JSON. Send application/json, without"
                    + " Content-Encoding.";
            case MISDIRECTED -> "The Host is not a name of this node. Use its IP address,"
                    + " or list the name in allowed_hosts.";
            case RATE_LIMITED -> "Too many requests: RateLimit has the remaining ones, Retry-After the time"
                    + " to wait; rate_limit_requests and rate_limit_window set the limit, which tokens with"
                    + " the scope 'admin' do not have. Or too many waiting requests and event streams:"
                    + " max_waits_per_client sets that limit, for all.";
            case READ_ONLY, SYNCING, BEHIND, CLOCK_WRONG, BUSY, STORE_FAILED, DISK_FULL, DAMAGED,
                    INTERNAL -> NODE.get(reason);
            case POSITION_GONE -> "Deletions after this position were purged, or writes before it are lost:"
                    + " a disk failed, or an older state was restored."
                    + " List again, and continue from the KVS-Position of the listing.";
        };
    }
}
