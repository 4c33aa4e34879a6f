package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import kvs.cli.CommandRun;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Access to a fresh node of the real jar: the first user, tokens, secrets and refusals. */
class AccessTest {

    private static final Map<String, String> DEFAULTS = Map.of("KVS_AUTH_ENABLED", "true",
            "KVS_RATE_LIMITING_ENABLED", "true");
    private static final String JSON = "application/json";
    private static final byte[] NOTHING = {};
    /** Far more than a node is busy with a hundred requests. */
    private static final long AGAIN_MS = 60_000;

    @TempDir
    private Path directory;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String member(byte[] json, String name) {
        try {
            return JsonValue.parse(json).field(name).orElseThrow().string();
        } catch (JsonException e) {
            throw new AssertionError(new String(json, StandardCharsets.UTF_8), e);
        }
    }

    /**
     * The walk-through of the original, command by command; only address, ids and tokens are those of this
     * run.
     */
    @Test
    void theOriginalsWalkThroughWorksWordForWordOnAFreshNode() throws Exception {
        assumeTrue(Shell.has("curl"), "needs curl and bash");
        try (Jar node = Jar.inside(directory, DEFAULTS)) {
            String user = answer(node, "^\\{\"uuid\":\"([0-9a-f-]{36})\"\\}$", """
                    curl -X POST http://localhost:8080/auth/users \\
                      -H "Content-Type: application/json" \\
                      -d '{"nickname":"john"}'""");
            String token = answer(node, "^\\{\"token\":\"(eyJ[A-Za-z0-9._-]+)\",\"expires_at\":[0-9]{13},"
                    + "\"id\":\"[0-9a-f-]{36}\"\\}$", """
                    curl -X POST http://localhost:8080/auth/tokens \\
                      -H "Content-Type: application/json" \\
                      -d '{"user_uuid":"user-abc123", "scopes":["read","write"]}'""".replace("user-abc123",
                            user));
            answer(node, "^(\\{\"uuid\":\"[0-9a-f-]{36}\",\"timestamp\":[0-9]{13}\\})$", """
                    curl -X PUT http://localhost:8080/kv/users/john/profile \\
                      -H "Content-Type: application/json" \\
                      -H "Authorization: Bearer eyJ..." \\
                      -d '{"name":"John Doe","age":30,"email":"john@example.com"}'""".replace("eyJ...",
                    token));
            answer(node, "^(\\{\"uuid\":\"[0-9a-f-]{36}\",\"timestamp\":[0-9]{13},\"expires_at\":[0-9]{13},"
                    + "\"enveloped\":true\\})$", """
                    curl -X PUT http://localhost:8080/kv/cache/session/abc123 \\
                      -H "Content-Type: application/json" \\
                      -H "Authorization: Bearer eyJ..." \\
                      -d '{"data":{"user_id":"john"}, "ttl":"1h"}'""".replace("eyJ...", token));
            answer(node, "^\\{\"uuid\":\"[0-9a-f-]{36}\",\"timestamp\":[0-9]{13},"
                    + "\"data\":(\\{\"name\":\"John Doe\",\"age\":30,"
                    + "\"email\":\"john@example.com\"\\})\\}$",
                    "curl -H \"Authorization: Bearer eyJ...\" http://localhost:8080/kv/users/john/profile"
                            .replace("eyJ...", token));
            answer(node, "^()$",
                    ("curl -X DELETE -H \"Authorization: Bearer eyJ...\""
                            + " http://localhost:8080/kv/users/john/profile").replace("eyJ...", token));
            answer(node, "\"status\":(\"ok\"),\"mode\":\"normal\"", "curl http://localhost:8080/health");
            answer(node, "\"reason\":\"(bootstrap_closed)\"", """
                    curl -X POST http://localhost:8080/auth/users \\
                      -H "Content-Type: application/json" \\
                      -d '{"nickname":"mallory"}'""");
        }
    }

    /** Runs a command; the part of its response that {@code form} has in brackets. */
    private String answer(Jar node, String form, String command) throws IOException {
        String here = command.replace("http://localhost:8080", "http://localhost:" + node.port())
                .replaceFirst("^curl ", "curl -s ");
        String text = Shell.run(directory, here).text();
        var found = Pattern.compile(form).matcher(text);
        assertTrue(found.find(), command + "\n" + text);
        return found.group(1);
    }

    private static CompletableFuture<HttpResponse<byte[]>> first(Jar node, String... headers) {
        return Jar.CLIENT.sendAsync(HttpRequest.newBuilder(URI.create(node.url + "/auth/users"))
                .headers(headers).POST(HttpRequest.BodyPublishers.ofString("{\"nickname\":\"me\"}")).build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    /** The status in the end, for a client that comes again to a busy node, within {@value #AGAIN_MS} ms. */
    private static int again(Jar node, int first) {
        int status = first;
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(AGAIN_MS);
        while (status == 503 && System.nanoTime() - until < 0) {
            status = first(node, "Content-Type", JSON).join().statusCode();
        }
        return status;
    }

    @Test
    void ofAHundredWhoComeTogetherOneIsFirst() throws IOException {
        try (Jar node = Jar.inside(directory, DEFAULTS)) {
            List<CompletableFuture<HttpResponse<byte[]>>> all = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                all.add(first(node, "Content-Type", JSON));
            }
            List<Integer> statuses = all.stream().map(CompletableFuture::join).map(HttpResponse::statusCode)
                    .map(status -> again(node, status)).sorted().toList();
            assertEquals(201, statuses.get(0));
            assertEquals(99, statuses.stream().filter(status -> status == 403).count(), statuses.toString());
        }
        try (Jar node = Jar.inside(directory, DEFAULTS)) {
            assertEquals(403, first(node, "Content-Type", JSON).join().statusCode(), "after a restart");
        }
    }

    @Test
    void neverThroughAProxyNorFromAPage() throws IOException {
        try (Jar node = Jar.inside(directory, DEFAULTS)) {
            for (String field : List.of("Origin", "Referer", "Cookie", "Sec-Fetch-Site", "X-Forwarded-For",
                    "Forwarded", "Via", "X-Real-IP")) {
                assertEquals(403, first(node, "Content-Type", JSON, field, field.equals("Origin") ? node.url
                        : "none").join().statusCode(), field);
            }
            for (String type : List.of("text/plain", "application/x-www-form-urlencoded",
                    "multipart/form-data")) {
                int status = first(node, "Content-Type", type).join().statusCode();
                assertTrue(status == 403 || status == 415, type + " " + status);
            }
            assertEquals(201, first(node, "Content-Type", JSON).join().statusCode());
        }
    }

    @Test
    void neverForAnotherUserOfTheMachineNorUnderAnotherName() throws Exception {
        assumeTrue(Shell.has("curl"), "needs curl and bash");
        try (Jar node = Jar.inside(directory, DEFAULTS)) {
            String curl = "curl -s -o /dev/null -w '%{http_code}' -X POST -H 'Content-Type:"
                    + " application/json' -d '{\"nickname\":\"x\"}' " + node.url + "/auth/users";
            assertEquals("421", Shell.run(directory, curl + " -H 'Host: evil.example'").text());
            if (Shell.has("setpriv") && Shell.run(directory, "id -u").text().strip().equals("0")) {
                assertEquals("403", Shell.run(Path.of("/"),
                        "setpriv --reuid=65534 --regid=65534 --clear-groups " + curl).text(), "another user");
            } else {
                System.out.println("not tried with a second user: needs root and setpriv");
            }
            assertEquals("201", Shell.run(directory, curl).text());
        }
    }

    @Test
    void neverWhereItIsSwitchedOffOrOthersCanReachTheNode() throws IOException {
        for (Map<String, String> settings : List.of(Map.of("KVS_BOOTSTRAP", "off"), Map.of("KVS_BIND_ADDRESS",
                "0.0.0.0"), Map.of("KVS_SEED_NODES", "127.0.0.1:9"), Map.of("KVS_READ_ONLY", "true"))) {
            Map<String, String> all = new TreeMap<>(DEFAULTS);
            all.putAll(settings);
            try (Jar node = Jar.inside(directory, all)) {
                int status = first(node, "Content-Type", JSON).join().statusCode();
                boolean later = settings.containsKey("KVS_SEED_NODES")
                        || settings.containsKey("KVS_READ_ONLY");
                assertEquals(later ? 503 : 403, status, settings.toString());
            }
        }
    }

    @Test
    void theCommandMakesTokensOfARunningAndOfAStoppedNode() throws Exception {
        String token;
        try (Jar node = Jar.inside(directory, DEFAULTS)) {
            Jar.Printed printed = Jar.out(directory, "token");
            assertEquals(0, printed.status());
            token = printed.text().strip();
            assertTrue(token.matches("eyJ[A-Za-z0-9._-]+") && printed.text().equals(token + "\n"),
                    "only the token: " + printed.text());
            assertEquals(201, node.send("POST", "/auth/users", bytes("{\"nickname\":\"ann\"}"),
                    "Authorization", "Bearer " + token).statusCode());
            for (int i = 0; i < 2; i++) {
                assertEquals(201, node.send("POST", "/auth/users", bytes("{\"nickname\":\"bob\"}"),
                        "Authorization", "Bearer " + token).statusCode());
            }
            Jar.Printed two = Jar.run(directory, "token", "--user", "bob");
            assertEquals(1, two.status());
            assertEquals(2, two.text().lines().filter(line -> line.matches(" +[0-9a-f-]{36}  bob"))
                    .count(), two.text());
            assertEquals(1, Jar.run(directory, "token", "--user", "nobody").status());
            assertEquals(1, Jar.run(directory, "token", "--user", "ann", "--scopes", "admin").status());
            assertEquals(403, first(node, "Content-Type", JSON).join().statusCode(),
                    "the command has closed that door");
            node.end();
        }
        Jar.Printed reader = Jar.out(directory, "token", "--user", "ann", "--scopes", "read", "--ttl", "1h");
        assertEquals(0, reader.status(), reader.text());
        try (Jar node = Jar.inside(directory, DEFAULTS)) {
            byte[] who = node.send("GET", "/auth/whoami", NOTHING, "Authorization",
                    "Bearer " + reader.text().strip()).body();
            assertEquals("ann", member(who, "nickname"));
            assertTrue(new String(who, StandardCharsets.UTF_8).contains("\"scopes\":[\"read\"]"));
            byte[] page = node.send("GET", "/admin/tamper-log", NOTHING, "Authorization", "Bearer " + token)
                    .body();
            String log = new String(page, StandardCharsets.UTF_8);
            assertTrue(log.contains("\"from\":\"command line\",\"path\":\"POST /auth/tokens\""), log);
            assertFalse(log.contains("\"act\":\"gap\""), log);
            String text = Files.readString(directory.resolve("data/admin.token")).strip();
            assertEquals(200, node.send("GET", "/auth/users", NOTHING, "Authorization", "Bearer " + text)
                    .statusCode());
            assertEquals(401, node.send("GET", "/auth/users", NOTHING, "Authorization", "Bearer " + text,
                    "Via", "1.1 proxy").statusCode());
        }
        assertTrue(verifyLog().text().startsWith("note "));
    }

    /** {@code verify-log} in the process of the test. */
    private Jar.Printed verifyLog(String... head) {
        List<String> args = new ArrayList<>(List.of("verify-log", directory.resolve("data").toString()));
        args.addAll(List.of(head));
        CommandRun.Result result = new CommandRun(directory).run(args.toArray(String[]::new));
        return new Jar.Printed(result.status().code(), result.out() + result.err());
    }

    @Test
    void aForgedLineOfTheTamperLogIsFoundAndAGapIsSaid() throws Exception {
        try (Jar node = Jar.inside(directory, Map.of())) {
            for (int i = 0; i < 20; i++) {
                node.send("PUT", "/kv/k" + i, bytes("{\"secret\":\"hunter2\"}"));
            }
            node.end();
        }
        Jar.Printed sound = verifyLog();
        assertEquals(0, sound.status(), sound.text());
        String head = sound.text().replaceAll("(?s).*head ([0-9]+:[0-9a-f]{64}).*", "$1");
        assertEquals(0, verifyLog("--head", head).status());
        Path file = directory.resolve("data/tamper/0000000000000000001.tamper");
        List<String> lines = Files.readAllLines(file);
        assertFalse(lines.toString().contains("hunter2"));
        List<String> forged = new ArrayList<>(lines);
        forged.set(5, lines.get(5).replaceFirst("\"status\":20[01]", "\"status\":403"));
        Files.write(file, forged);
        Jar.Printed faulty = verifyLog();
        assertEquals(1, faulty.status());
        assertTrue(faulty.text().contains("line 6: line 6 was changed"), faulty.text());
        Files.write(file, lines);
        try (Jar node = Jar.inside(directory, Map.of())) {
            assertEquals(201, node.send("PUT", "/kv/more", bytes("1")).statusCode());
        }
        try (Jar node = Jar.inside(directory, Map.of())) {
            String log = new String(node.send("GET", "/admin/tamper-log", NOTHING).body(),
                    StandardCharsets.UTF_8);
            assertTrue(log.contains("\"path\":\"more\"") || log.contains("\"act\":\"gap\""), log);
        }
        assertEquals(0, verifyLog("--head", head).status());
        Files.write(file, lines.subList(0, 10));
        Files.delete(directory.resolve("data/tamper/HEAD"));
        assertEquals(1, verifyLog("--head", head).status());
        Jar.Printed cut = verifyLog();
        assertEquals(1, cut.status());
        assertTrue(cut.text().contains("the tail was cut: lines 11 to ")
                && cut.text().contains("the store remembers the last one"), cut.text());
        Files.delete(file);
        assertTrue(verifyLog().text().contains("the log was removed"));
        try (Jar node = Jar.inside(directory, Map.of())) {
            String health = new String(node.send("GET", "/health", NOTHING).body(), StandardCharsets.UTF_8);
            assertTrue(health.contains("tamper log: ")
                    && health.contains("the store remembers line"), health);
        }
        Jar.Printed after = verifyLog();
        assertEquals(1, after.status());
        assertTrue(after.text().contains("were removed, but not by the log itself"), after.text());
    }

    /**
     * A command that does not find the node's secret makes none: a new one would make tokens and log invalid.
     */
    @Test
    void theCommandNeedsTheSecretOfTheNode() throws Exception {
        try (Jar node = Jar.inside(directory, DEFAULTS)) {
            assertEquals(200, node.send("GET", "/health", NOTHING).statusCode());
            assertTrue(Files.exists(directory.resolve("data/node.url")));
            node.end();
        }
        assertFalse(Files.exists(directory.resolve("data/node.url")), "nobody listens there any more");
        Path secret = directory.resolve(".kvs/cluster.secret");
        String text = Files.readString(secret);
        Files.delete(secret);
        Jar.Printed none = Jar.run(directory, "token");
        assertEquals(1, none.status());
        assertTrue(none.text().contains("the cluster secret of this node was not found"), none.text());
        assertFalse(Files.exists(secret));
        Files.writeString(secret, "x".repeat(40));
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        Jar.Printed other = Jar.run(directory, "token");
        assertEquals(1, other.status());
        assertTrue(other.text().contains("is not that of this node"), other.text());
        Files.writeString(secret, text);
        assertEquals(0, verifyLog().status());
        assertEquals(0, Jar.out(directory, "token").status());
    }

    @Test
    void aSecretIsReplacedInTwoStepsAndNothingIsSpoilt() throws Exception {
        String old = "o".repeat(32);
        String fresh = "f".repeat(32);
        String token = "";
        for (String listed : List.of(old, fresh + "," + old, fresh)) {
            Map<String, String> settings = new TreeMap<>(DEFAULTS);
            settings.put("KVS_CLUSTER_SECRET", listed);
            try (Jar node = Jar.inside(directory, settings)) {
                if (token.isEmpty()) {
                    token = Jar.out(directory, "token").text().strip();
                }
                int status = node.send("GET", "/auth/whoami", NOTHING, "Authorization", "Bearer " + token)
                        .statusCode();
                assertEquals(listed.contains(old) ? 200 : 401, status, "with " + listed);
                String health = new String(node.send("GET", "/health", NOTHING).body(),
                        StandardCharsets.UTF_8);
                assertTrue(health.contains("\"problems\":[]"), health);
                node.end();
            }
        }
        ProcessBuilder both = Jar.command(directory, "verify-log", "data").redirectErrorStream(true);
        both.environment().put("KVS_CLUSTER_SECRET", fresh + "," + old);
        Process process = both.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, Shell.await(process), said);
    }

    /**
     * Every log line of the whole run is searched when a {@link Jar} is closed; the requests here are as
     * revealing as possible.
     */
    @Test
    void noSecretIsInTheLogAndNoFileIsForOthers() throws Exception {
        Map<String, String> loud = Map.of("KVS_AUTH_ENABLED", "true", "KVS_LOG_LEVEL", "debug");
        String token;
        try (Jar node = Jar.inside(directory, loud)) {
            token = Jar.out(directory, "token").text().strip();
            String admin = Files.readString(directory.resolve("data/admin.token")).strip();
            String secret = Files.readString(directory.resolve(".kvs/cluster.secret")).strip();
            List<String> answers = new ArrayList<>();
            for (String shown : List.of(token, token + "x", token.substring(1), admin, admin + "x", secret)) {
                for (String target : List.of("/kv/a", "/health", "/auth/whoami",
                        "/nowhere", "/kv/" + shown + "?access_token=" + shown,
                        "/problems/" + shown, "/kv/?after=" + shown, "/auth/can?path=a&op=" + shown)) {
                    String before = target.contains(shown) ? shown : "";
                    HttpResponse<byte[]> answer = node.send("GET", target, NOTHING, "Authorization",
                            "Bearer " + shown, "X-Request-Id", "id");
                    answers.add((answer.headers().map() + new String(answer.body(), StandardCharsets.UTF_8))
                            .replace(before, ""));
                }
                node.send("PUT", "/kv/a", bytes(shown), "Authorization", "Bearer " + shown);
                node.send("POST", "/auth/tokens", bytes("{\"scopes\":\"" + shown + "\"}"), "Authorization",
                        "Bearer " + shown);
            }
            String all = String.join("\n", answers);
            assertFalse(all.contains(token) || all.contains(admin) || all.contains(secret),
                    "a secret in an answer");
            node.end();
        }
        String secret = Files.readString(directory.resolve(".kvs/cluster.secret")).strip();
        try (Stream<Path> files = Files.walk(directory.resolve("data"))) {
            for (Path file : files.toList()) {
                String bits = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
                assertTrue(bits.endsWith("------"), file + " " + bits);
                if (Files.isRegularFile(file)) {
                    String content = Files.readString(file, StandardCharsets.ISO_8859_1);
                    assertFalse(content.contains(token), file + " holds a token");
                    assertFalse(content.contains(secret), file + " holds the cluster secret");
                }
            }
        }
        assertEquals("rw-------", PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve(".kvs/cluster.secret"))));
    }

    /** The command reports nothing that did not happen, and names the way that works. */
    @Test
    void aReadOnlyNodeSaysHowSomebodyGetsIn() throws Exception {
        Map<String, String> settings = new TreeMap<>(DEFAULTS);
        settings.put("KVS_READ_ONLY", "true");
        try (Jar node = Jar.inside(directory, settings)) {
            Jar.Printed refused = Jar.run(directory, "token");
            assertEquals(1, refused.status());
            assertTrue(refused.text().contains("nothing was done") && refused.text().contains("read-only"),
                    refused.text());
            assertFalse(refused.text().contains("created"), refused.text());
            String way = "kvs mode read-only off";
            assertTrue(refused.text().contains("'" + way + "'"), refused.text());
            Path file = directory.resolve("one.ndjson");
            Files.writeString(file, "{\"path\":\"a\",\"data\":1}\n");
            Jar.Printed imported = Jar.run(directory, "import", file.toString(), node.url);
            assertEquals(1, imported.status());
            assertTrue(imported.text().contains("'" + way + "'") && !imported.text().contains("attempts"),
                    imported.text());
            assertEquals(0, Jar.run(directory, way.substring("kvs ".length()).split(" ")).status());
            Jar.Printed made = Jar.run(directory, "token");
            assertEquals(0, made.status());
            assertTrue(made.text().contains("created the administrator 'admin'"), made.text());
        }
    }

    /** A command that has none of the node's environment finds the node by the notes that the node left. */
    @Test
    void theCommandFindsANodeWhoseSettingsCameFromTheEnvironment() throws Exception {
        assumeTrue(Shell.has("openssl"), "openssl");
        assertEquals(0, Shell.run(directory, "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256"
                + " -nodes -days 30 -keyout key.pem -out cert.pem -subj /CN=localhost -addext"
                + " subjectAltName=DNS:localhost,IP:127.0.0.1 && chmod 600 key.pem").status());
        Map<String, String> settings = new TreeMap<>(DEFAULTS);
        settings.putAll(Map.of("KVS_DATA_DIR", directory.resolve("elsewhere").toString(),
                "KVS_TLS_CERT", "cert.pem", "KVS_TLS_KEY", "key.pem"));
        try (Jar node = Jar.start(directory, settings)) {
            Jar.Printed token = Jar.out(directory, "token");
            assertEquals(0, token.status(), Files.readString(directory.resolve("said")));
            assertTrue(token.text().startsWith(Jar.TOKEN));
            Jar.Printed exported = Jar.run(directory, "export", node.url, "all.ndjson");
            assertEquals(0, exported.status(), exported.text());
            Jar.Printed asked = Jar.run(directory, "verify-log", "elsewhere", "--against", node.url);
            assertEquals(0, asked.status(), asked.text());
            assertTrue(asked.text().contains("the members remember no head of this log"), asked.text());
            node.end();
        }
        assertFalse(Files.exists(directory.resolve("elsewhere/node.cert")));
        Jar.Printed none = Jar.run(directory, "token");
        assertEquals(1, none.status());
        assertTrue(none.text().contains("KVS_DATA_DIR"), none.text());
    }
}
