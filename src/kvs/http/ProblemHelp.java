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
                    "The head of the request did not come in time. Send it at once,"
                            + " or open the connection later.",
            Reason.LENGTH_REQUIRED,
                    "The engine of this node (http_engine: jdk, or https) takes no body in chunks: it needs a"
                            + " Content-Length. 'curl -T -' streams in chunks; use 'curl --data-binary @-'.",
            Reason.TARGET_TOO_LONG,
                    "The request target is longer than any key could make it.",
            Reason.EXPECTATION_FAILED,
                    "The field Expect demands something else than 100-continue, which nobody here can do."
                            + " Leave it away.",
            Reason.HEADERS_TOO_LARGE,
                    "The request line and the header fields are longer or more than this node reads."
                            + " Leave fields away that a proxy or a browser added, cookies first.",
            Reason.VERSION_NOT_SUPPORTED,
                    "The request is of another version of HTTP. HTTP/1.1 and HTTP/1.0 are spoken here.");
    /** Refusals of the caller: the credential, its rights, or the page that it comes from. */
    private static final Map<Reason, String> ACCESS = Map.of(
            Reason.UNAUTHORIZED,
                    "The request has no credential, or one that is bad, expired or revoked."
                            + " Send 'Authorization: Bearer TOKEN'; POST /auth/tokens makes tokens,"
                            + " and 'java -jar kvs.jar token' on the machine of the node.",
            Reason.FORBIDDEN,
                    "The caller may not do this. It needs the scope of the token,"
                            + " the permissions that the owner of the key has set for own keys, if any,"
                            + " and those of the subtree, which are the ceiling of all; creating a key"
                            + " needs those of the subtree at or above it, and an earlier expiry needs the"
                            + " right to delete. GET /auth/can?path=…&op=read|write|create|delete"
                            + " explains the decision.",
            Reason.ADMIN_SCOPE_NEEDED,
                    "Only an administrator may do this,"
                            + " with a token that has the scope 'admin'. On the machine of the node:"
                            + " java -jar kvs.jar token --scopes read,write,admin",
            Reason.BOOTSTRAP_CLOSED,
                    "Without a credential only the first user and the"
                            + " first token of that user can be made: once,"
                            + " on a fresh node that listens on loopback, within 60 minutes of its start,"
                            + " by a program of the node's own user on the same machine that sends"
                            + " application/json, never through a proxy or from a web page. Else:"
                            + " java -jar kvs.jar token",
            Reason.AUTH_DISABLED,
                    "auth_enabled is false on this node: there are no users and tokens,"
                            + " everybody may do everything.",
            Reason.CROSS_ORIGIN,
                    "The request was made by a web page of another origin."
                            + " List the page's origin in cors_origins if it may.");
    /** States of the node, which make it refuse requests that are correct. */
    private static final Map<Reason, String> NODE = Map.of(
            Reason.READ_ONLY,
                    "The node takes no client writes (read_only). Write on another node.",
            Reason.SYNCING,
                    "The node is still fetching the data of its cluster. Try again,"
                            + " or use another node.",
            Reason.BEHIND,
                    "The node has not yet received everything that the KVS-Position of the request"
                            + " stands for. Try again, or use another node.",
            Reason.CLOCK_WRONG,
                    "The clock of this node differs by more than a minute from"
                            + " that of most others, so it takes no writes. Set it, by NTP if you can;"
                            + " reads and replication go on.",
            Reason.BUSY,
                    "A queue or a bound is full. Nothing was done; try again after Retry-After.",
            Reason.STORE_FAILED,
                    "An fsync failed, so nobody knows what is on the disk. Reads go on."
                            + " Check the disk, then restart the node.",
            Reason.DISK_FULL,
                    "The disk refused the write; nothing was stored. Free room:"
                            + " writes are taken again at once, without a restart.",
            Reason.DAMAGED,
                    "The newest version of this key is unreadable on the disk of this node,"
                            + " and nothing older is shown in its place. Write it again, or restore a backup."
                            + " 'verify DATA_DIR' lists all damage.",
            Reason.INTERNAL,
                    "A fault of ours. The node's log has it under the request id; please report it.");

    private ProblemHelp() { }

    /** The meaning of a reason and its remedy. */
    public static String text(Reason reason) {
        return switch (reason) {
            case BAD_REQUEST -> "A parameter, header or member is missing, unknown or impossible."
                    + " The detail names it; correct it and send again.";
            case BAD_KEY -> "No key can look like this. Keys are segments of UTF-8 separated by single"
                    + " slashes, 4,096 bytes at most, without control characters, '.' and '..';"
                    + " a first segment that starts with '_' and a last segment 'metadata' are reserved.";
            case BAD_JSON -> "The body is not the JSON that is expected here;"
                    + " line and column say where. Duplicate names, halves of surrogate pairs,"
                    + " nesting beyond 128 and bytes behind the value are refused.";
            case UNAUTHORIZED, FORBIDDEN, ADMIN_SCOPE_NEEDED, BOOTSTRAP_CLOSED, AUTH_DISABLED,
                    CROSS_ORIGIN -> ACCESS.get(reason);
            case NOT_FOUND -> "Nothing is stored or served under this path, or it has expired.";
            case METHOD_NOT_ALLOWED -> "The path exists, but not for this method; Allow lists those it has.";
            case BATCH_FAILED -> "At least one operation of an atomic batch cannot be done, so none was;"
                    + " 'failed' lists their indexes.";
            case HISTORY_TOO_SHORT -> "The history of some keys, listed under 'unknown',"
                    + " does not reach back to that moment, or is damaged; nothing was done. ?force leaves"
                    + " those keys as they are. revision_history_max sets how many older versions are kept.";
            case LAST_ADMIN -> "There must be an administrator. Make another user one first.";
            case OLDER_MEMBERS -> "A member of the cluster, listed under 'members', is of a version that"
                    + " could not read what would be written, so nothing was. Upgrade it first.";
            case LIMIT_REACHED -> "As many as there may be exist already; the detail says of what."
                    + " Remove some first.";
            case REQUEST_TIMEOUT, LENGTH_REQUIRED, TARGET_TOO_LONG, EXPECTATION_FAILED, HEADERS_TOO_LARGE,
                    VERSION_NOT_SUPPORTED -> HEADS.get(reason);
            case CONDITION_FAILED -> "If-Match, If-None-Match or If-Unmodified-Since does not hold:"
                    + " somebody else has written. Read again and decide anew.";
            case TOO_LARGE -> "The body is over the limit that the detail names;"
                    + " max_json_size is the one for documents.";
            case UNSUPPORTED_TYPE -> "Bodies are JSON. Send application/json, without Content-Encoding.";
            case MISDIRECTED -> "The Host is not a name of this node. Use its IP address,"
                    + " or list the name in allowed_hosts.";
            case RATE_LIMITED -> "Too many requests, or too many that wait. RateLimit says what is left,"
                    + " Retry-After when to come again; rate_limit_requests and rate_limit_window set the"
                    + " bound. Tokens with the scope 'admin' are not limited.";
            case READ_ONLY, SYNCING, BEHIND, CLOCK_WRONG, BUSY, STORE_FAILED, DISK_FULL, DAMAGED,
                    INTERNAL -> NODE.get(reason);
            case POSITION_GONE -> "Something after this position was deleted and forgotten, or writes before"
                    + " it are lost for good: with a disk, or to an older state that was put back."
                    + " List again: the KVS-Position of the listing is where to go on.";
        };
    }
}
