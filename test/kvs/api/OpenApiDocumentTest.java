package kvs.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kvs.gateway.InMemoryApi;
import kvs.jar.Shell;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.routes.JsonSchemaValidator;
import kvs.routes.RouteDescription;
import kvs.routes.RouteTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The rules of the meta-schema of OpenAPI 3.1 (spec.openapis.org/oas/3.1/schema) for what our document uses:
 * members of each object, names, references, uniqueness; and that each example fits its schema.
 */
class OpenApiDocumentTest {

    /** The members of each kind of object; those with an exclamation mark must be there. */
    private static final Map<String, Set<String>> MEMBERS = Map.of(
            "document", Set.of("openapi!", "info!", "jsonSchemaDialect", "servers", "tags", "paths!",
                    "components"),
            "info", Set.of("title!", "version!", "description"),
            "operation", Set.of("operationId!", "tags", "summary", "description", "security", "parameters",
                    "requestBody", "responses!"),
            "parameter", Set.of("name!", "in!", "description", "required", "schema!"),
            "requestBody", Set.of("required", "content!"),
            "response", Set.of("description!", "headers", "content", "$ref"),
            "media", Set.of("schema", "examples"),
            "example", Set.of("summary", "value!"),
            "components", Set.of("schemas", "responses", "securitySchemes"));
    private static final Pattern TEMPLATE = Pattern.compile("\\{([^}]+)}");
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");
    /** Fields that the specification wants described otherwise. */
    private static final Set<String> NO_HEADERS = Set.of("accept", "content-type", "authorization");

    private final byte[] text = OpenApiDocument.of("1.2.3").toBytes();
    private final JsonValue document = parse(text);
    private final JsonSchemaValidator validator;
    private final Set<String> tags = new HashSet<>();
    private final List<String> faults = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();

    @TempDir
    private Path directory;

    OpenApiDocumentTest() throws JsonException {
        JsonValue components = at(document, "components");
        validator = new JsonSchemaValidator(at(components, "schemas"));
        at(components, "responses", "Problem");
        at(components, "securitySchemes", "token");
        at(components, "securitySchemes", "peer");
        elements(document, "tags").forEach(tag -> tags.add(InMemoryApi.member(tag, "name")));
    }

    private static JsonValue parse(byte[] text) {
        try {
            return JsonValue.parse(text);
        } catch (JsonException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonValue at(JsonValue value, String... names) throws JsonException {
        JsonValue at = value;
        for (String name : names) {
            at = at.field(name).orElseThrow(() -> new AssertionError("no member " + name));
        }
        return at;
    }

    private static List<JsonValue.Field> fields(JsonValue object, String name) throws JsonException {
        Optional<JsonValue> value = object.field(name);
        return value.isEmpty() ? List.of() : value.get().fields();
    }

    private static List<JsonValue> elements(JsonValue object, String name) throws JsonException {
        Optional<JsonValue> value = object.field(name);
        return value.isEmpty() ? List.of() : value.get().elements();
    }

    private void members(String kind, JsonValue object, String where) throws JsonException {
        Set<String> missing = new TreeSet<>();
        MEMBERS.get(kind).stream().filter(name -> name.endsWith("!"))
                .forEach(name -> missing.add(name.substring(0, name.length() - 1)));
        for (JsonValue.Field field : object.fields()) {
            missing.remove(field.name());
            if (!MEMBERS.get(kind).contains(field.name()) && !MEMBERS.get(kind).contains(field.name() + "!")
                    && !field.name().startsWith("x-")) {
                faults.add(where + ": " + field.name() + " is no member of a " + kind);
            }
        }
        missing.forEach(name -> faults.add(where + ": " + name + " is missing"));
    }

    @Test
    void keepsTheRulesOfTheMetaSchema() throws JsonException {
        members("document", document, "document");
        members("info", at(document, "info"), "info");
        members("components", at(document, "components"), "components");
        for (JsonValue.Field path : at(document, "paths").fields()) {
            check(path.name().startsWith("/"), path.name() + " does not start with a slash");
            for (JsonValue.Field method : path.value().fields()) {
                check(METHODS.contains(method.name()), method.name() + " is no method");
                operation(method.value(), method.name(), path.name());
            }
        }
        for (JsonValue.Field schema : at(document, "components", "schemas").fields()) {
            check(schema.name().matches("[a-zA-Z0-9._-]+"), schema.name() + " is no name of a component");
        }
        assertEquals("", String.join("\n", faults));
        assertEquals(RouteTable.all().size(), ids.size());
    }

    private void check(boolean good, String fault) {
        if (!good) {
            faults.add(fault);
        }
    }

    private void operation(JsonValue operation, String method, String path) throws JsonException {
        String where = method + " " + path;
        members("operation", operation, where);
        check(ids.add(at(operation, "operationId").string()), where + ": the operationId is not unique");
        for (JsonValue tag : elements(operation, "tags")) {
            check(tags.contains(tag.string()), where + ": an unknown tag");
        }
        for (JsonValue option : elements(operation, "security")) {
            for (JsonValue.Field scheme : option.fields()) {
                check(Set.of("token", "peer").contains(scheme.name()), where + ": unknown " + scheme.name());
            }
        }
        parameters(operation, path, where);
        Optional<JsonValue> body = operation.field("requestBody");
        if (body.isPresent()) {
            check(method.startsWith("p"), where + ": a body of a method without one");
            members("requestBody", body.get(), where);
            content(body.get(), where + " request");
        }
        List<JsonValue.Field> responses = fields(operation, "responses");
        check(!responses.isEmpty(), where + ": no responses");
        for (JsonValue.Field response : responses) {
            check(response.name().matches("[1-5][0-9][0-9]"), where + ": " + response.name());
            response(response.value(), where + " " + response.name());
        }
    }

    private void parameters(JsonValue operation, String path, String where) throws JsonException {
        Set<String> templates = new TreeSet<>();
        for (Matcher template = TEMPLATE.matcher(path); template.find(); ) {
            templates.add(template.group(1));
        }
        Set<String> seen = new HashSet<>();
        for (JsonValue parameter : elements(operation, "parameters")) {
            members("parameter", parameter, where);
            String name = at(parameter, "name").string();
            String in = at(parameter, "in").string();
            check(seen.add(in + " " + name), where + ": " + name + " is there twice");
            check(Set.of("path", "query", "header").contains(in), where + ": in " + in);
            check(!in.equals("header") || !NO_HEADERS.contains(name.toLowerCase(Locale.ROOT)),
                    where + ": the field " + name);
            if (in.equals("path")) {
                check(templates.remove(name), where + ": the path has no " + name);
                check(at(parameter, "required").bool(), where + ": " + name + " is not required");
            }
            validator.read(at(parameter, "schema"));
        }
        check(templates.isEmpty(), where + ": undescribed " + templates);
    }

    private void response(JsonValue response, String where) throws JsonException {
        members("response", response, where);
        Optional<JsonValue> reference = response.field("$ref");
        if (reference.isPresent()) {
            check(reference.get().string().equals("#/components/responses/Problem"), where + ": "
                    + reference.get().string() + " leads nowhere");
        }
        content(response, where);
        for (JsonValue.Field header : fields(response, "headers")) {
            validator.read(at(header.value(), "schema"));
        }
    }

    private void content(JsonValue holder, String where) throws JsonException {
        for (JsonValue.Field type : fields(holder, "content")) {
            check(type.name().matches("[a-z*]+/[a-z.+*-]+"), where + ": " + type.name());
            members("media", type.value(), where);
            Optional<JsonValue> schema = type.value().field("schema");
            JsonSchemaValidator.Rule rule = validator.read(schema.orElse(parse("{}".getBytes(
                    StandardCharsets.US_ASCII))));
            for (JsonValue.Field example : fields(type.value(), "examples")) {
                members("example", example.value(), where);
                faults.addAll(validator.faults(rule, at(example.value(), "value"), where + " example"));
            }
        }
    }

    @Test
    void validatorFindsWhatDoesNotFit() throws JsonException {
        var rule = validator.read(parse("{\"$ref\":\"#/components/schemas/Version\"}"
                .getBytes(StandardCharsets.UTF_8)));
        String uuid = "\"uuid\":\"0197c5a0-3e1b-7c3f-9cde-5a1b2c3d4e5f\"";
        assertEquals(List.of(), faults(rule, "{" + uuid + ",\"timestamp\":1,\"data\":[{}]}"));
        assertEquals(List.of("a lacks [data]"), faults(rule, "{" + uuid + ",\"timestamp\":1}"));
        for (String bad : List.of("{" + uuid + ",\"timestamp\":-1,\"data\":1}", "[]",
                "{" + uuid + ",\"timestamp\":1.5,\"data\":1}", "{\"uuid\":\"x\",\"timestamp\":1,\"data\":1}",
                "{" + uuid + ",\"timestamp\":1,\"data\":1,\"more\":1}")) {
            assertEquals(1, faults(rule, bad).size(), bad);
        }
    }

    private List<String> faults(JsonSchemaValidator.Rule rule, String json) {
        return validator.faults(rule, parse(json.getBytes(StandardCharsets.UTF_8)), "a");
    }

    @Test
    void describesEveryRoute() throws JsonException {
        Set<String> described = new TreeSet<>();
        for (JsonValue.Field path : at(document, "paths").fields()) {
            for (JsonValue.Field method : path.value().fields()) {
                described.add(method.name().toUpperCase(Locale.ROOT) + " " + path.name());
            }
        }
        assertEquals(new TreeSet<>(RouteTable.all().stream().map(RouteDescription::name).toList()),
                described);
    }

    /** Another program's opinion, where one is installed: {@code .ci/run} gets the second. */
    @Test
    void isAcceptedByAnotherValidator() throws IOException {
        Path parser = Path.of(System.getProperty("kvs.root"),
                "build/npm/node_modules/@apidevtools/swagger-parser");
        String script = "require(process.argv[1]).validate(process.argv[2]).catch(e => {"
                + " console.log(e.message); process.exit(1) })";
        List<List<String>> validators = List.of(
                List.of("python3", "-c", "import openapi_spec_validator", "python3", "-m",
                        "openapi_spec_validator"),
                List.of("node", "-e", "require(process.argv[1])", parser.toString(), "node", "-e", script,
                        parser.toString()));
        Optional<List<String>> validator = Optional.empty();
        for (List<String> one : validators) {
            int probe = one.lastIndexOf(one.get(0));
            if (validator.isEmpty() && run(one.subList(0, probe)).isEmpty()) {
                validator = Optional.of(one.subList(probe, one.size()));
            }
        }
        assumeTrue(validator.isPresent(), "needs python3 with openapi-spec-validator, or node with"
                + " swagger-parser");
        List<String> command = new ArrayList<>(validator.get());
        command.add(Files.write(directory.resolve("openapi.json"), text).toString());
        assertEquals(Optional.empty(), run(command));
    }

    /** The output of a command that fails, or that is missing; empty when it succeeds. */
    private static Optional<String> run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return Shell.await(process) == 0 ? Optional.empty() : Optional.of(said);
        } catch (IOException missing) {
            return Optional.of("no program " + command.get(0));
        }
    }
}
