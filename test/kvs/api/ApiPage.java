package kvs.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import kvs.http.Problems;
import kvs.model.Reason;
import kvs.routes.Example;
import kvs.routes.Parameter;
import kvs.routes.RequiredAccess;
import kvs.routes.ResponseDescription;
import kvs.routes.RouteDescription;
import kvs.routes.RouteTable;

/** Makes the manual's page of the API of the table of routes; {@code make docs} writes it. */
final class ApiPage {

    static final String PATH = "src/kvs/docs/api.md";
    private static final int WIDTH = 110;
    private static final String INTRODUCTION = """
            # API reference

            All requests that a node answers, with parameters, answers and refusals.

            [Keys and documents](keys.md), [Access](access.md), [History](history.md) and [Changes](changes.md) explain
            the same requests by examples. `GET /openapi.json` is this page for programs: an OpenAPI document, version
            3.1, with a JSON Schema of every body.

            ## Conventions

            - Bodies and answers are JSON in UTF-8. Names are in snake_case. A name that is marked `?` is not always
              there. `…` stands for more of the same.
            - Times are Unix milliseconds. Durations are texts: `500ms`, `90s`, `15m`, `12h`, `7d`, or sums such as
              `1h30m`.
            - Keys are UTF-8 segments with single slashes between them, at most 4,096 bytes. Names that begin with `_` and
              a last segment `metadata` are reserved.
            - In a path, `+` is a plus; in a query it is a space. Flags such as `?raw` take no value, `true` or `false`.
            - An unknown query parameter is refused with 400.
            - A body is JSON. KVS takes it without a type, as `*/json`, `*+json`, `text/plain`, `application/octet-stream`
              and as the form type that curl sends; a request with an `Origin` must say `application/json`. Other types,
              and any `Content-Encoding`, are refused with 415. Where no body belongs, an empty object counts as none.
            - `GET` serves `HEAD` too. `OPTIONS` answers 204 with `Allow`.
            - JSON answers end with a line feed, but for `?raw`, which returns the bytes that were stored. `?pretty`
              indents them, refusals too.
            - JSON of more than 1 KiB is sent with `Content-Encoding: gzip` or `deflate` to who accepts that
              ([Compressed answers](keys.md#compressed-answers)).

            ```sh
            curl 'localhost:8080/health/live?pretty'
            ```

            ```json
            {
              "status": "ok"
            }
            ```
            """;
    private static final String FOR_ALL = """

            ## Parameters and fields for all

            | name | meaning |
            |---|---|
            | `?copies=2&wait=5s` | On any write of documents, metadata or accounts: the answer waits until so many nodes have it on disk. After the wait 202; `KVS-Copies` says how many |
            | `KVS-Position` | In every answer: how far the node has come. In a request: the node waits until it has come that far, at most `?position_wait=` (2 s), otherwise 503 `behind` |
            | `?limit=`, `?after=` | Pages: 1,000 items unless you say otherwise, at most 10,000; a page also ends at 8 MiB. `next` is the value for the next `after`; `Link: <…>; rel="next"` its address |
            | `?pretty` | On any request with an answer in JSON: indents it |
            | `ETag` | The version of a document, or of a listing; it ends in `-gzip` or `-deflate` when the answer is compressed, and every form is taken back in conditions |
            | `Accept-Encoding` | In a request: the forms that the client takes. Without it nothing is compressed |
            | `X-Request-Id` | In every answer, and in the log of the node. A request may bring its own: up to 64 letters, digits, dots, hyphens and underscores |
            | `KVS-Node` | The node that answered |
            | `RateLimit`, `Retry-After` | What is left of the rate limit; when to come again |
            | `Cache-Control` | `no-cache`, `private` with a token, `no-store` for accounts and administration |
            """;
    private static final String REFUSALS = """

            ## Refusals

            A refusal is `application/problem+json` (RFC 9457). Branch on `reason`; `type` is the address of its
            explanation, and `GET /problems/` has all of them. Any request may be refused for its form, its credential,
            its limits or the state of the node; the sections above name the reasons that are special to a request.

            ```sh
            curl -X PUT localhost:8080/kv/a -d 1
            ```

            ```json
            {"type":"/problems/unauthorized","title":"Unauthorized","status":401,"detail":"this request needs a token","reason":"unauthorized","request_id":"…","node":"…"}
            ```

            ```sh
            curl localhost:8080/problems/unauthorized
            ```

            ```json
            {"reason":"unauthorized","status":401,"meaning":"The request has no credential, or its credential is invalid, expired or revoked. …"}
            ```

            | status | reasons |
            |---|---|
            """;

    private ApiPage() { }

    /** Writes the page below the directory that is named, the root of the checkout. */
    public static void main(String[] args) throws IOException {
        Files.writeString(Path.of(args[0], PATH), text());
    }

    /** The page. */
    static String text() {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        for (RouteTable.Group group : RouteTable.GROUPS) {
            page.append("\n## ").append(group.title()).append("\n\n| request | purpose |\n|---|---|\n");
            group.routes().forEach(route -> page.append("| ").append(name(route)).append(" | ")
                    .append(cell(route.text().summary())).append(" |\n"));
            if (group.routes().get(0).access() != RequiredAccess.PEER) {
                group.routes().forEach(route -> route(page, route));
            }
        }
        page.append(FOR_ALL).append(REFUSALS);
        Map<Integer, List<Reason>> reasons = Arrays.stream(Reason.values())
                .collect(Collectors.groupingBy(Problems::status, TreeMap::new, Collectors.toList()));
        reasons.forEach((status, some) -> page.append("| ").append(status).append(" | ").append(some.stream()
                .map(reason -> "`" + reason.text() + "`").collect(Collectors.joining(", "))).append(" |\n"));
        return page.toString();
    }

    private static String name(RouteDescription route) {
        return (route.method().equals("GET") ? "`GET`, `HEAD " : "`" + route.method() + " ") + route.pattern()
                + "`";
    }

    private static void route(StringBuilder page, RouteDescription route) {
        page.append("\n### `").append(route.name()).append("`\n\n");
        page.append(wrapped(route.text().summary() + " " + route.text().about())).append('\n');
        page.append(wrapped("For " + who(route.access()) + (route.text().rights().isEmpty() ? ""
                : "; rights: " + route.text().rights()) + "." + (route.conditions().isEmpty() ? ""
                : " Conditions: " + codes(route.conditions()) + ".")));
        route.body().ifPresent(body -> page.append('\n').append(wrapped("Body: `" + body.shape() + "`.")));
        parameters(page, route);
        answers(page, route);
        Set<Reason> special = new LinkedHashSet<>(route.special());
        if (!route.conditions().isEmpty()) {
            special.add(Reason.CONDITION_FAILED);
        }
        if (!special.isEmpty()) {
            page.append('\n').append(wrapped("Refusals: " + special.stream().map(reason -> "`" + reason.text()
                    + "` (" + Problems.status(reason) + ")").collect(Collectors.joining(", ")) + "."));
        }
        route.examples().forEach(example -> example(page, route, example));
    }

    private static void parameters(StringBuilder page, RouteDescription route) {
        List<Parameter<?>> parameters = new ArrayList<>(route.query().all());
        parameters.removeAll(route.query().shared());
        if (parameters.isEmpty()) {
            return;
        }
        page.append("\n| parameter | values | default | meaning |\n|---|---|---|---|\n");
        for (Parameter<?> parameter : parameters) {
            String standard = parameter.required() ? "required" : parameter.standard().isEmpty() ? ""
                    : "`" + parameter.standard() + "`";
            page.append("| `").append(parameter.name()).append("` | ")
                    .append(cell(parameter.type().allowed()))
                    .append(" | ").append(standard).append(" | ").append(cell(parameter.about()))
                    .append(" |\n");
        }
        route.query().forms().forEach(form -> page.append('\n').append(wrapped("`" + form.choice().name()
                + "` goes with " + codes(form.others().stream().map(Parameter::name).toList()) + " only.")));
    }

    private static void answers(StringBuilder page, RouteDescription route) {
        if (route.answers().isEmpty()) {
            return;
        }
        page.append("\n| status | answer |\n|---|---|\n");
        for (ResponseDescription answer : route.answers()) {
            page.append("| ").append(answer.status()).append(" | ").append(cell(answer.about()));
            answer.schema().ifPresent(schema -> page.append(": `").append(cell(schema.shape())).append('`'));
            page.append(answer.headers().isEmpty() ? "" : "; " + codes(answer.headers())).append(" |\n");
        }
    }

    private static void example(StringBuilder page, RouteDescription route, Example example) {
        page.append("\n```text\n").append(route.method()).append(' ').append(example.target()).append('\n');
        example.headers().forEach(field -> page.append(field).append('\n'));
        page.append(example.body().isEmpty() ? "" : example.body() + "\n").append("→ ")
                .append(example.status()).append('\n');
        page.append(example.answer().isEmpty() ? "" : example.answer() + "\n").append("```\n");
    }

    private static String who(RequiredAccess access) {
        return switch (access) {
            case OPEN -> "everybody";
            case READ -> "tokens with the scope `read`, and everybody with `allow_anonymous_read`";
            case WRITE -> "tokens with the scope `write` or `create`, and everybody with"
                    + " `allow_anonymous_write`";
            case DELETE -> "tokens with the scope `write` or `delete`";
            case DATA -> "every token, and everybody where anonymous access is allowed";
            case LOCAL -> "callers on this machine, and every token";
            case TOKEN -> "every token";
            case ADMIN -> "administrators, with the scope `admin`";
            case FIRST_USER -> "administrators, with the scope `admin`, and whoever makes the first user";
            case FIRST_TOKEN -> "every token, and whoever makes the first one";
            case PEER -> "other nodes";
        };
    }

    private static String codes(List<String> names) {
        return names.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }

    /** A paragraph in lines that are not too long. */
    private static String wrapped(String text) {
        StringBuilder lines = new StringBuilder();
        int length = 0;
        for (String word : text.strip().split(" ")) {
            if (length > 0 && length + 1 + word.length() > WIDTH) {
                lines.append('\n');
                length = 0;
            } else if (length > 0) {
                lines.append(' ');
                length++;
            }
            lines.append(word);
            length += word.length();
        }
        return lines.append('\n').toString();
    }
}
