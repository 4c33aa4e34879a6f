package kvs.gateway;

import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import kvs.api.OpenApiDocument;
import kvs.http.Problems;
import kvs.http.RequestTarget;
import kvs.http.Route;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.routes.JsonSchemaValidator;
import kvs.routes.ResponseDescription;
import kvs.routes.RouteDescription;
import kvs.routes.RouteTable;

/**
 * Compares answers with the OpenAPI document: status, media type, body, reason of a refusal, and the line
 * feed behind JSON. Every answer that a test of the API receives passes here. Thread-safe.
 */
public final class AnswerCheck {

    private static final String PROBLEM = "application/problem+json";
    private static final AnswerCheck CHECK = new AnswerCheck();

    private final Router router = new Router(RouteTable.all().stream().map(route -> Route.of(route,
            request -> {
        throw new AssertionError("never called");
    })).toList());
    private final JsonSchemaValidator validator;
    private final JsonSchemaValidator.Rule problem;
    /** The media types of each status of each route, with the rule of their bodies. */
    private final Map<String, Map<String, Optional<JsonSchemaValidator.Rule>>> contents = new HashMap<>();
    /** The rules of the bodies of requests in JSON, by the names of the routes. */
    private final Map<String, JsonSchemaValidator.Rule> bodies = new HashMap<>();

    /**
     * An answer.
     *
     * @param method the method of the request
     * @param target its target
     * @param header the header fields of the answer, by their names
     */
    public record ReceivedAnswer(String method, String target, int status,
            Function<String, Optional<String>> header, byte[] body) { }

    private AnswerCheck() {
        try {
            JsonValue document = JsonValue.parse(OpenApiDocument.of("test").toBytes());
            JsonValue schemas = member(member(document, "components"), "schemas");
            validator = new JsonSchemaValidator(schemas);
            problem = validator.read(JsonValue.parse("{\"$ref\":\"#/components/schemas/Problem\"}"
                    .getBytes(StandardCharsets.UTF_8)));
            for (JsonValue.Field path : member(document, "paths").fields()) {
                for (JsonValue.Field method : path.value().fields()) {
                    Optional<JsonValue> body = method.value().field("requestBody");
                    if (body.isPresent()
                            && member(body.get(), "content").field(ResponseDescription.JSON).isPresent()) {
                        bodies.put(method.name() + " " + path.name(), validator.read(member(member(
                                member(body.get(), "content"), ResponseDescription.JSON), "schema")));
                    }
                    for (JsonValue.Field status : member(method.value(), "responses").fields()) {
                        contents.put(method.name() + " " + path.name() + " " + status.name(),
                                content(status.value()));
                    }
                }
            }
        } catch (JsonException e) {
            throw new AssertionError(e);
        }
    }

    private Map<String, Optional<JsonSchemaValidator.Rule>> content(JsonValue response) throws JsonException {
        Map<String, Optional<JsonSchemaValidator.Rule>> types = new HashMap<>();
        Optional<JsonValue> content = response.field("content");
        for (JsonValue.Field type : content.isEmpty() ? List.<JsonValue.Field>of() : content.get().fields()) {
            Optional<JsonValue> schema = type.value().field("schema");
            types.put(type.name(), schema.isEmpty() ? Optional.empty()
                    : Optional.of(validator.read(schema.get())));
        }
        return types;
    }

    private static JsonValue member(JsonValue object, String name) throws JsonException {
        return object.field(name).orElseThrow(() -> new AssertionError("no member " + name));
    }

    /** Fails for an answer that is not as described. */
    public static void check(ReceivedAnswer answer) {
        List<String> faults = CHECK.faults(answer);
        if (!faults.isEmpty()) {
            throw new AssertionError(answer.method + " " + answer.target + " was answered " + answer.status
                    + " " + new String(answer.body, StandardCharsets.UTF_8) + "\nwhich is not as described: "
                    + String.join("\n", faults));
        }
    }

    /** An answer of the JDK's client, compared with its description. */
    public static HttpResponse<String> checked(HttpResponse<String> answer) {
        URI uri = answer.request().uri();
        check(new ReceivedAnswer(answer.request().method(), uri.getRawPath() + (uri.getRawQuery() == null ? ""
                : "?" + uri.getRawQuery()), answer.statusCode(), name -> answer.headers().firstValue(name),
                answer.body().getBytes(StandardCharsets.UTF_8)));
        return answer;
    }

    /** Fails for a body that a node accepts and the document does not describe. */
    static void checkAccepted(String method, String target, int status, byte[] body) {
        Optional<RouteDescription> route = target(target).flatMap(one -> CHECK.route(method, one.path()));
        Optional<JsonSchemaValidator.Rule> rule = route.map(one -> CHECK.bodies.get(name(one)));
        if (status / 100 == 2 && body.length > 0 && rule.isPresent()) {
            List<String> faults = CHECK.validator.faults(rule.get(), json(body), "body");
            if (!faults.isEmpty()) {
                throw new AssertionError(method + " " + target + " accepts what is not described: " + faults);
            }
        }
    }

    private static String name(RouteDescription route) {
        return route.method().toLowerCase(Locale.ROOT) + " " + route.pattern();
    }

    /** A body without the line feed behind JSON, which documents as they were stored do not have. */
    public static byte[] withoutLineFeed(String target, String type, byte[] body) {
        boolean problem = type.startsWith(PROBLEM);
        boolean json = type.startsWith(ResponseDescription.JSON) && !raw(target(target));
        boolean line = body.length > 0 && body[body.length - 1] == '\n';
        return line && (problem || json) ? Arrays.copyOf(body, body.length - 1) : body;
    }

    private static boolean raw(Optional<RequestTarget> target) {
        return target.flatMap(one -> one.query().text("raw")).filter(text -> !text.equals("false"))
                .isPresent();
    }

    /** The differences between an answer and the document. */
    static List<String> differences(ReceivedAnswer answer) {
        return CHECK.faults(answer);
    }

    private List<String> faults(ReceivedAnswer answer) {
        String type = answer.header.apply("Content-Type").orElse("").replaceFirst(";.*", "");
        Optional<RequestTarget> target = target(answer.target);
        Optional<RouteDescription> route = target.flatMap(one -> route(answer.method, one.path()));
        List<String> faults = new ArrayList<>(lineFeed(answer, type, target));
        if (type.equals(PROBLEM)) {
            faults.addAll(refused(answer, route));
        } else if (route.isEmpty()) {
            faults.add("only refusals come from paths without a route");
        } else if (!answer.method.equals("OPTIONS")) {
            faults.addAll(described(answer, type, route.get()));
        }
        return faults;
    }

    private static Optional<RequestTarget> target(String text) {
        try {
            return Optional.of(RequestTarget.parse(text));
        } catch (Refusal bad) {
            return Optional.empty();
        }
    }

    private Optional<RouteDescription> route(String method, String path) {
        try {
            return Optional.of(router.find(method, path).description());
        } catch (Refusal none) {
            return Optional.empty();
        }
    }

    private static List<String> lineFeed(ReceivedAnswer answer, String type, Optional<RequestTarget> target) {
        boolean json = type.equals(ResponseDescription.JSON) || type.equals(PROBLEM);
        boolean raw = type.equals(ResponseDescription.JSON) && raw(target);
        int length = answer.body.length;
        boolean missing = json && !raw && length > 0 && answer.body[length - 1] != '\n';
        return missing ? List.of("no line feed at the end") : List.of();
    }

    private List<String> refused(ReceivedAnswer answer, Optional<RouteDescription> route) {
        if (answer.body.length == 0) {
            return List.of();
        }
        JsonValue body = json(answer.body);
        List<String> faults = validator.faults(problem, body, "problem");
        if (!faults.isEmpty()) {
            return faults;
        }
        Reason reason = Problems.reason(InMemoryApi.member(body, "reason")).orElseThrow();
        if (Problems.status(reason) != answer.status
                || !InMemoryApi.member(body, "status").equals(Integer.toString(answer.status))) {
            faults.add("status and reason differ");
        }
        Set<Reason> reasons = route.map(RouteDescription::reasons).orElse(Set.of(reason));
        boolean engine = Set.of(400, 408, 411, 414, 417, 431, 505).contains(answer.status);
        if (!engine && !reasons.contains(reason)) {
            faults.add("the route does not name the reason " + reason.text() + ": " + reasons);
        }
        return faults;
    }

    private List<String> described(ReceivedAnswer answer, String type, RouteDescription route) {
        String name = name(route) + " " + answer.status;
        Map<String, Optional<JsonSchemaValidator.Rule>> types = contents.get(name);
        if (types == null) {
            return List.of("the status is not described");
        }
        if (answer.body.length == 0) {
            return List.of();
        }
        if (!types.containsKey(type)) {
            return types.containsKey("*/*") ? List.of() : List.of(type + " is not one of " + types.keySet());
        }
        Optional<JsonSchemaValidator.Rule> rule = types.get(type);
        return rule.isEmpty() ? List.of() : texts(type, answer.body).stream()
                .flatMap(text -> validator.faults(rule.get(), json(text.getBytes(StandardCharsets.UTF_8)),
                        "body").stream()).collect(Collectors.toList());
    }

    /** The JSON texts of a body: the whole, its lines, or the data of its events. */
    private static List<String> texts(String type, byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        return switch (type) {
            case ResponseDescription.LINES -> text.lines().toList();
            case ResponseDescription.EVENTS -> text.replaceAll("event: end\ndata: [^\n]*\n", "").lines()
                    .filter(line -> line.startsWith("data: ")).map(line -> line.substring(6)).toList();
            default -> List.of(text);
        };
    }

    private static JsonValue json(byte[] body) {
        try {
            return JsonValue.parse(body, 2 * JsonValue.DEPTH_MAX);
        } catch (JsonException e) {
            throw new AssertionError(new String(body, StandardCharsets.UTF_8), e);
        }
    }
}
