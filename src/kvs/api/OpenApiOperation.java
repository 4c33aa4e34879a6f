package kvs.api;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import kvs.http.Problems;
import kvs.json.JsonWriter;
import kvs.model.Reason;
import kvs.routes.Example;
import kvs.routes.Parameter;
import kvs.routes.RequiredAccess;
import kvs.routes.ResponseDescription;
import kvs.routes.RouteDescription;
import kvs.routes.RouteTable;
import kvs.routes.Schema;

/** An operation of the OpenAPI document: a method of a path. One thread. */
final class OpenApiOperation {

    /** The media type of refusals. */
    static final String PROBLEM_TYPE = "application/problem+json";
    private static final String DESCRIPTION = "description";
    private static final String SCHEMA = "schema";
    private static final String CONTENT = "content";

    private final RouteDescription route;
    private final String tag;

    /** An operation under a tag. */
    OpenApiOperation(RouteDescription route, String tag) {
        this.route = route;
        this.tag = tag;
    }

    /** Writes it as a member of its path. */
    void write(JsonWriter json) {
        json.name(route.method().toLowerCase(Locale.ROOT)).object().field("operationId", id())
                .name("tags").array().value(tag).end().field("summary", route.text().summary());
        String about = about();
        if (!about.isEmpty()) {
            json.field(DESCRIPTION, about);
        }
        json.field("x-kvs-access", route.access().name().toLowerCase(Locale.ROOT));
        security(json);
        json.name("parameters").array();
        pathParameters(json);
        route.query().all().forEach(parameter -> queryParameter(json, parameter));
        headerParameters(json);
        json.end();
        route.body().ifPresent(body -> requestBody(json, body));
        json.name("responses").object();
        responses(json);
        json.end().end();
    }

    /** A name that is unique: {@code get_kv_path}, and {@code get_kv_path_all} with a slash behind. */
    private String id() {
        StringBuilder id = new StringBuilder(route.method().toLowerCase(Locale.ROOT));
        String pattern = route.pattern().endsWith("/") ? route.pattern() + "all" : route.pattern();
        for (char c : pattern.toCharArray()) {
            boolean letter = c >= 'a' && c <= 'z';
            if (letter) {
                id.append(c);
            } else if (id.charAt(id.length() - 1) != '_') {
                id.append('_');
            }
        }
        return id.charAt(id.length() - 1) == '_' ? id.substring(0, id.length() - 1) : id.toString();
    }

    private String about() {
        List<String> parts = new ArrayList<>();
        if (!route.text().about().isEmpty()) {
            parts.add(route.text().about().replace("](", "](/docs/"));
        }
        if (!route.text().rights().isEmpty()) {
            parts.add("Rights: " + route.text().rights() + ".");
        }
        return String.join(" ", parts);
    }

    /** A token, the signature of a node, or nothing; an empty requirement means that it may be left out. */
    private void security(JsonWriter json) {
        json.name("security").array();
        if (route.access() == RequiredAccess.PEER) {
            json.object().name("peer").array().end().end();
        } else {
            json.object().name("token").array().end().end();
        }
        boolean optional = switch (route.access()) {
            case OPEN, READ, WRITE, DATA, LOCAL, FIRST_USER, FIRST_TOKEN -> true;
            case DELETE, TOKEN, ADMIN, PEER -> false;
        };
        if (optional) {
            json.object().end();
        }
        json.end();
    }

    private void pathParameters(JsonWriter json) {
        int open = route.pattern().indexOf('{');
        if (open >= 0) {
            String name = route.pattern().substring(open + 1, route.pattern().indexOf('}'));
            json.object().field("name", name).field("in", "path").field("required", true);
            if (name.equals("path")) {
                json.field(DESCRIPTION, "A key; its slashes stay slashes");
            }
            json.name(SCHEMA).object().field("type", "string").end().end();
        }
    }

    private static void queryParameter(JsonWriter json, Parameter<?> parameter) {
        String standard = parameter.standard().isEmpty() ? "" : ". Default: " + parameter.standard();
        json.object().field("name", parameter.name()).field("in", "query")
                .field(DESCRIPTION, parameter.about() + standard).field("required", parameter.required())
                .name(SCHEMA);
        parameter.type().schema().write(json);
        json.end();
    }

    private void headerParameters(JsonWriter json) {
        List<String> names = new ArrayList<>(route.conditions());
        if (route.replicated()) {
            names.add("KVS-Position");
        }
        for (String name : names) {
            json.object().field("name", name).field("in", "header").field("required", false).name(SCHEMA)
                    .object().field("type", "string").end().end();
        }
    }

    private void requestBody(JsonWriter json, Schema body) {
        json.name("requestBody").object().field("required", true).name(CONTENT).object()
                .name(route.takesBytes() ? ResponseDescription.BYTES
                        : ResponseDescription.JSON).object().name(SCHEMA);
        body.write(json);
        examples(json, route.examples().stream().filter(example -> !example.body().isEmpty()).toList(), true);
        json.end().end().end();
    }

    /** Writes the answers and the refusals of each status. */
    private void responses(JsonWriter json) {
        Map<Integer, List<ResponseDescription>> answers = new TreeMap<>();
        route.answers().forEach(answer -> answers.computeIfAbsent(answer.status(), s -> new ArrayList<>())
                .add(answer));
        if (route.writes()) {
            answers.put(202, route.answers().stream().filter(answer -> answer.status() / 100 == 2).toList());
        }
        Map<Integer, List<Reason>> refusals = new TreeMap<>();
        route.reasons().forEach(reason -> refusals.computeIfAbsent(Problems.status(reason),
                s -> new ArrayList<>()).add(reason));
        Set<Integer> statuses = new LinkedHashSet<>(answers.keySet());
        statuses.addAll(refusals.keySet());
        for (int status : statuses) {
            json.name(Integer.toString(status)).object();
            if (answers.containsKey(status)) {
                answered(json, status, answers.get(status), refusals.containsKey(status));
            } else {
                json.field("$ref", "#/components/responses/Problem").field(DESCRIPTION,
                        refusals.get(status).stream().map(Reason::text).collect(Collectors.joining(", ")));
            }
            json.end();
        }
    }

    private void answered(JsonWriter json, int status, List<ResponseDescription> answers, boolean refused) {
        json.field(DESCRIPTION, status == 202 && route.writes()
                ? "The write stands, but fewer nodes than `copies` have it"
                : answers.stream().map(ResponseDescription::about).collect(Collectors.joining(". ")));
        Set<String> headers = answers.stream().flatMap(answer -> answer.headers().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (!headers.isEmpty()) {
            json.name("headers").object();
            headers.forEach(name -> json.name(name).object().name(SCHEMA).object().field("type", "string")
                    .end().end());
            json.end();
        }
        Map<String, List<ResponseDescription>> types = new LinkedHashMap<>();
        answers.stream().filter(answer -> !answer.type().isEmpty())
                .forEach(answer -> types.computeIfAbsent(answer.type(), type -> new ArrayList<>())
                        .add(answer));
        if (types.isEmpty() && !refused) {
            return;
        }
        json.name(CONTENT).object();
        types.forEach((type, some) -> content(json, status, type, some));
        if (refused) {
            json.name(PROBLEM_TYPE).object().name(SCHEMA);
            RouteTable.PROBLEM.write(json);
            json.end();
        }
        json.end();
    }

    private void content(JsonWriter json, int status, String type, List<ResponseDescription> answers) {
        json.name(type).object();
        List<Schema> schemas = answers.stream().map(ResponseDescription::schema)
                .flatMap(Optional::stream).distinct().toList();
        if (!schemas.isEmpty()) {
            json.name(SCHEMA);
            Schema.anyOf(schemas).write(json);
        }
        if (type.equals(ResponseDescription.JSON)) {
            examples(json, route.examples().stream().filter(example -> example.status() == status).toList(),
                    false);
        }
        json.end();
    }

    private void examples(JsonWriter json, List<Example> examples, boolean request) {
        if (examples.isEmpty()) {
            return;
        }
        json.name("examples").object();
        for (int i = 0; i < examples.size(); i++) {
            Example example = examples.get(i);
            json.name("example" + (i + 1)).object()
                    .field("summary", route.method() + " " + example.target()).name("value")
                    .raw((request ? example.body() : example.answer())
                            .getBytes(StandardCharsets.UTF_8)).end();
        }
        json.end();
    }
}
