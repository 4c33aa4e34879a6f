package kvs.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import kvs.json.JsonWriter;
import kvs.routes.ResponseDescription;
import kvs.routes.RouteDescription;
import kvs.routes.RouteTable;
import kvs.routes.Schema;

/**
 * The OpenAPI document (version 3.1.0) of a node, made of the table of routes:
 * <pre>
 * openapi, info, tags ─ paths ─ path ─ method ─┬─ parameters: path, query, header
 *                                              ├─ requestBody
 *                                              └─ responses ─ status ─ media type ─ schema, examples
 * components ─ schemas, responses (Problem), securitySchemes (token, peer)
 * </pre>
 * The member {@code x-kvs-access} is ours: the required access. Pure functions.
 */
public final class OpenApiDocument {

    private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";

    private OpenApiDocument() { }

    /** The document of a program of that version. */
    public static JsonWriter of(String version) {
        JsonWriter json = new JsonWriter().object().field("openapi", "3.1.0").name("info").object()
                .field("title", "KVS").field("version", version)
                .field("description", "A key-value store for JSON documents. The manual is at /docs/."
                        + " JSON of more than 1 KiB is sent with Content-Encoding gzip or deflate to a client"
                        + " whose Accept-Encoding names it.").end()
                .field("jsonSchemaDialect", DIALECT).name("servers").array().object().field("url", "/").end()
                .end().name("tags").array();
        RouteTable.GROUPS.forEach(group -> json.object().field("name", group.title()).end());
        json.end().name("paths").object();
        paths().forEach((pattern, routes) -> {
            json.name(pattern).object();
            routes.forEach((route, tag) -> new OpenApiOperation(route, tag).write(json));
            json.end();
        });
        json.end();
        components(json);
        return json.end();
    }

    /** The routes of each path, each with the title of its group. */
    private static Map<String, Map<RouteDescription, String>> paths() {
        Map<String, Map<RouteDescription, String>> paths = new LinkedHashMap<>();
        for (RouteTable.Group group : RouteTable.GROUPS) {
            for (RouteDescription route : group.routes()) {
                paths.computeIfAbsent(route.pattern(), pattern -> new LinkedHashMap<>())
                        .put(route, group.title());
            }
        }
        return paths;
    }

    private static void components(JsonWriter json) {
        json.name("components").object().name("schemas").object();
        Schema.components(schemas()).forEach((name, component) -> {
            json.name(name);
            component.schema().write(json);
        });
        json.end().name("responses").object().name("Problem").object().field("description", "A refusal")
                .name("content").object().name(OpenApiOperation.PROBLEM_TYPE).object().name("schema");
        RouteTable.PROBLEM.write(json);
        json.end().end().end().end();
        json.name("securitySchemes").object()
                .name("token").object().field("type", "http").field("scheme", "bearer").end()
                .name("peer").object().field("type", "apiKey").field("in", "header").field("name", "KVS-Peer")
                .field("description", "The signature of another node, by the secret of the cluster").end()
                .end().end();
    }

    /** All schemas that the document refers to. */
    private static List<Schema> schemas() {
        return Stream.concat(Stream.of(RouteTable.PROBLEM), RouteTable.all().stream()
                .flatMap(OpenApiDocument::schemas)).toList();
    }

    private static Stream<Schema> schemas(RouteDescription route) {
        return Stream.of(route.body().stream(),
                route.answers().stream().map(ResponseDescription::schema).flatMap(schema -> schema.stream()),
                route.query().all().stream().map(parameter -> parameter.type().schema()))
                .flatMap(all -> all);
    }
}
