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
 * its status. {@link ProblemHelp} has the advice.
 */
public final class Problems {

    private static final String TYPE = "/problems/";
    private static final int RETRY_SECONDS = 2;

    private Problems() { }

    /** The status of a reason. */
    public static int status(Reason reason) {
        return switch (reason) {
            case BAD_REQUEST, BAD_KEY, BAD_JSON -> 400;
            case UNAUTHORIZED -> 401;
            case CROSS_ORIGIN, FORBIDDEN, ADMIN_SCOPE_NEEDED, BOOTSTRAP_CLOSED, AUTH_DISABLED -> 403;
            case NOT_FOUND -> 404;
            case METHOD_NOT_ALLOWED -> 405;
            case BATCH_FAILED, HISTORY_TOO_SHORT, LAST_ADMIN, OLDER_MEMBERS, LIMIT_REACHED,
                    IN_PROGRESS -> 409;
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
                "application/problem+json; charset=utf-8"), new Response.FullBody(json.end().toLine()));
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
    public static Refusal protocolError(int status, String detail) {
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
