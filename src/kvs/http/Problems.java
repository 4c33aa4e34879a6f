package kvs.http;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import kvs.json.JsonWriter;
import kvs.model.Reason;
import kvs.model.Refusal;

/**
 * Maps refusals to responses ({@code application/problem+json}, RFC 9457): the one place where a reason gets
 * its status.
 */
public final class Problems {

    private static final String TYPE = "/problems/";
    private static final int RETRY_SECONDS = 2;
    /** Pages for faults in the head of a request, which an engine may find before any other part. */
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

    private Problems() { }

    /** The status of a reason. */
    public static int status(Reason reason) {
        return switch (reason) {
            case BAD_REQUEST, BAD_KEY, BAD_JSON -> 400;
            case UNAUTHORIZED -> 401;
            case CROSS_ORIGIN, FORBIDDEN, ADMIN_SCOPE_NEEDED, BOOTSTRAP_CLOSED, AUTH_DISABLED -> 403;
            case NOT_FOUND -> 404;
            case METHOD_NOT_ALLOWED -> 405;
            case BATCH_FAILED, HISTORY_TOO_SHORT, LAST_ADMIN, OLDER_MEMBERS, LIMIT_REACHED -> 409;
            case POSITION_GONE -> 410;
            case REQUEST_TIMEOUT -> 408;
            case LENGTH_REQUIRED -> 411;
            case CONDITION_FAILED -> 412;
            case TOO_LARGE -> 413;
            case TARGET_TOO_LONG -> 414;
            case UNSUPPORTED_TYPE -> 415;
            case EXPECTATION_FAILED -> 417;
            case MISDIRECTED -> 421;
            case DAMAGED, INTERNAL -> 500;
            case RATE_LIMITED -> 429;
            case HEADERS_TOO_LARGE -> 431;
            case READ_ONLY, SYNCING, BEHIND, CLOCK_WRONG, BUSY, STORE_FAILED -> 503;
            case VERSION_NOT_SUPPORTED -> 505;
            case DISK_FULL -> 507;
        };
    }

    /** The meaning of a reason and its remedy, for {@code GET /problems/{reason}}. */
    public static String page(Reason reason) {
        return switch (reason) {
            case BAD_REQUEST -> "A parameter, header or member is missing, unknown or impossible."
                    + " The detail names it; correct it and send again.";
            case BAD_KEY -> "No key can look like this. Keys are segments of UTF-8 separated by single"
                    + " slashes, 4,096 bytes at most, without control characters, '.' and '..';"
                    + " a first segment that starts with '_' and a last segment 'metadata' are reserved.";
            case BAD_JSON -> "The body is not the JSON that is expected here;"
                    + " line and column say where. Duplicate names, halves of surrogate pairs,"
                    + " nesting beyond 128 and bytes behind the value are refused.";
            case UNAUTHORIZED -> "The request has no credential, or one that is bad, expired or revoked."
                    + " Send 'Authorization: Bearer TOKEN'; POST /auth/tokens makes tokens,"
                    + " and 'java -jar kvs.jar token' on the machine of the node.";
            case FORBIDDEN -> "The caller may not do this. It needs the scope of the token,"
                    + " the permissions that the owner of the key has set for own keys, if any,"
                    + " and those of the subtree, which are the ceiling of all; creating a key needs those of"
                    + " the subtree at or above it, and an earlier expiry needs the right to delete."
                    + " GET /auth/can?path=…&op=read|write|create|delete explains the decision.";
            case ADMIN_SCOPE_NEEDED -> "Only an administrator may do this,"
                    + " with a token that has the scope 'admin'. On the machine of the node:"
                    + " java -jar kvs.jar token --scopes read,write,admin";
            case BOOTSTRAP_CLOSED -> "Without a credential only the first user and the"
                    + " first token of that user can be made: once,"
                    + " on a fresh node that listens on loopback, within 60 minutes of its start,"
                    + " by a program of the node's own user on the same machine that sends application/json,"
                    + " never through a proxy or from a web page. Else: java -jar kvs.jar token";
            case AUTH_DISABLED -> "auth_enabled is false on this node: there are no users and tokens,"
                    + " everybody may do everything.";
            case CROSS_ORIGIN -> "The request was made by a web page of another origin."
                    + " List the page's origin in cors_origins if it may.";
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
            case READ_ONLY -> "The node takes no client writes (read_only). Write on another node.";
            case SYNCING -> "The node is still fetching the data of its cluster. Try again,"
                    + " or use another node.";
            case BEHIND -> "The node has not yet received everything that the KVS-Position of the request"
                    + " stands for. Try again, or use another node.";
            case POSITION_GONE -> "Something after this position was deleted and forgotten, or writes before"
                    + " it are lost for good: with a disk, or to an older state that was put back."
                    + " List again: the KVS-Position of the listing is where to go on.";
            case CLOCK_WRONG -> "The clock of this node differs by more than a minute from"
                    + " that of most others, so it takes no writes. Set it, by NTP if you can;"
                    + " reads and replication go on.";
            case BUSY -> "A queue or a bound is full. Nothing was done; try again after Retry-After.";
            case STORE_FAILED -> "An fsync failed, so nobody knows what is on the disk. Reads go on."
                    + " Check the disk, then restart the node.";
            case DISK_FULL -> "The disk refused the write; nothing was stored. Free room:"
                    + " writes are taken again at once, without a restart.";
            case DAMAGED -> "The newest version of this key is unreadable on the disk of this node,"
                    + " and nothing older is shown in its place. Write it again, or restore a backup."
                    + " 'verify DATA_DIR' lists all damage.";
            case INTERNAL -> "A fault of ours. The node's log has it under the request id; please report it.";
        };
    }

    /** The reason with this text. */
    public static Optional<Reason> reason(String text) {
        return List.of(Reason.values()).stream().filter(reason -> reason.text().equals(text)).findFirst();
    }

    /** The response to a refused request. */
    public static Response answer(Refusal refusal, String requestId, String node) {
        Reason reason = refusal.reason();
        JsonWriter json = begin(reason, status(reason), refusal.detail());
        json.field("request_id", requestId).field("node", node);
        refusal.fields().forEach((name, value) -> member(json, name, value));
        Response answer = new Response(status(reason), Map.of("Content-Type",
                "application/problem+json; charset=utf-8"), new Response.FullBody(json.end().toBytes()));
        if (status(reason) == 503) {
            answer = answer.with("Retry-After", Integer.toString(RETRY_SECONDS));
        }
        if (reason == Reason.UNAUTHORIZED) {
            answer = answer.with("WWW-Authenticate", "Bearer");
        }
        Object retry = refusal.fields().get("retry_after");
        answer = retry == null ? answer : answer.with("Retry-After", retry.toString());
        Object allow = refusal.fields().get("allow");
        Object tag = refusal.fields().get("etag");
        answer = allow == null ? answer : answer.with("Allow", allow.toString());
        return tag == null ? answer : answer.with("ETag", tag.toString());
    }

    /**
     * The refusal of a request by its engine, with the reason that has the engine's status; of the reasons
     * with 503 only one is an engine's.
     */
    public static Refusal complaint(int status, String detail) {
        Reason reason = status == status(Reason.BUSY) ? Reason.BUSY : List.of(Reason.values()).stream()
                .filter(one -> status(one) == status).findFirst().orElse(Reason.BAD_REQUEST);
        Refusal refusal = new Refusal(reason, detail);
        return reason == Reason.RATE_LIMITED ? refusal.with("retry_after", RETRY_SECONDS) : refusal;
    }

    private static JsonWriter begin(Reason reason, int status, String detail) {
        JsonWriter json = new JsonWriter().object().field("type", TYPE + reason.text())
                .field("title", title(reason));
        return json.field("status", status).field("detail", detail).field("reason", reason.text());
    }

    private static void member(JsonWriter json, String name, Object value) {
        json.name(name);
        if (value instanceof byte[] raw) {
            json.raw(raw);
        } else if (value instanceof Number number) {
            json.value(number.longValue());
        } else if (value instanceof Boolean flag) {
            json.value(flag);
        } else if (value instanceof List<?> list) {
            json.array();
            list.forEach(element -> element(json, element));
            json.end();
        } else {
            json.value(value.toString());
        }
    }

    private static void element(JsonWriter json, Object element) {
        if (element instanceof Number number) {
            json.value(number.longValue());
        } else {
            json.value(element.toString());
        }
    }

    private static String title(Reason reason) {
        String words = reason.text().replace('_', ' ');
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }
}
