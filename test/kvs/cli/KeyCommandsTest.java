package kvs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import kvs.command.ExitStatus;
import kvs.json.JsonValue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on keys against a real node with accounts. */
class KeyCommandsTest {

    @TempDir
    private static Path home;
    private static CommandRun.RunningNode node;

    @BeforeAll
    static void startsANode() throws Exception {
        node = new CommandRun(home).startNode(Map.of());
    }

    @AfterAll
    static void stopsIt() {
        node.close();
    }

    private static CommandRun command() {
        return new CommandRun(home);
    }

    private static CommandRun.Result run(String... args) {
        return command().run(args);
    }

    private static CommandRun.Result done(String... args) {
        CommandRun.Result result = run(args);
        assertEquals(ExitStatus.DONE, result.status(), String.join(" ", args) + "\n" + result.err());
        assertEquals("", result.err());
        return result;
    }

    private static String token(String... options) {
        List<String> args = new ArrayList<>(List.of("token"));
        args.addAll(List.of(options));
        return run(args.toArray(new String[0])).out().strip();
    }

    @Test
    void writesReadsListsAndDeletes() throws Exception {
        assertTrue(done("put", "users/john", " {\"age\": 30,\n \"tags\":[\"a\",\"b\"]}").out()
                .matches("created  users/john  [0-9a-f-]{36}\n"));
        assertTrue(done("put", "/users/john", "{\"age\": 31, \"tags\":[\"a\",\"b\"]}").out()
                .startsWith("replaced  users/john  "));
        assertEquals("{\"age\": 31, \"tags\":[\"a\",\"b\"]}", done("get", "users/john").out(), "byte for"
                + " byte");
        assertEquals("31\n", done("get", "users/john", "--field", ".age").out());
        assertEquals("b\n", done("get", "users/john", "--field", "tags[1]").out());
        JsonValue whole = JsonValue.parse(done("get", "users/john", "-o", "json").out()
                .getBytes(StandardCharsets.UTF_8));
        assertEquals(31, whole.field("data").orElseThrow().field("age").orElseThrow().asLong());
        done("put", "users/a b/ü", "1");
        assertEquals("users/john\n", done("ls", "users/john").out(), "a key alone");
        assertTrue(done("ls", "users/john", "-l").out().startsWith("users/john  "));
        assertEquals(ExitStatus.ABSENT, run("ls", "users/john/").status());
        assertEquals("users/a b/\nusers/john\n", done("ls", "users/").out());
        assertEquals("users/a b/ü\nusers/john\n", done("ls", "users", "-r", "-o", "raw").out());
        assertEquals("1", done("get", "users/a b/ü").out());
        assertEquals("[{\"path\":\"users/a b/\"},\n {\"path\":\"users/john\"}]\n",
                done("ls", "users/", "-o", "json").out());
        assertEquals(1, done("ls", "users", "-r", "--limit", "1").out().lines().count());
        List<String> bySize = done("ls", "users", "-r", "-l", "--sort", "size", "-o", "raw").out().lines()
                .toList();
        assertEquals(List.of("users/john", "users/a b/ü"), bySize);
        assertEquals("users/john  deleted\n", done("rm", "users/john").out());
        assertEquals(ExitStatus.ABSENT, run("get", "users/john").status());
        assertEquals("users/a b/ü  would be deleted\n", done("rm", "-r", "users", "--dry-run").out());
        assertEquals("users/  deleted  1 keys\n", done("rm", "-r", "users/").out());
        assertEquals(ExitStatus.ABSENT, run("ls", "users/").status());
    }

    @Test
    void readsValuesFromFilesAndTheStandardInput() throws Exception {
        byte[] document = "{\"ü\":1}".getBytes(StandardCharsets.UTF_8);
        Path file = Files.write(home.resolve("value.json"), document);
        done("put", "in/file", "@" + file);
        assertEquals(ExitStatus.DONE, command().run(document, "put", "in/stdin").status());
        assertEquals(ExitStatus.DONE, command().run(document, "put", "in/dash", "-").status());
        for (String key : List.of("in/file", "in/stdin", "in/dash")) {
            assertEquals("{\"ü\":1}", done("get", key).out());
        }
        assertEquals(ExitStatus.MISUSED, run("put", "in/none", "@" + home.resolve("none")).status());
        CommandRun.Result text = run("put", "in/text", "hello");
        assertEquals(ExitStatus.FAILED, text.status());
        assertTrue(text.err().startsWith("kvs: in/text was not written: ")
                && text.err().contains("'\"text\"'"),
                text.err());
    }

    @Test
    void anEnvelopeIsADocumentHere() {
        done("put", "envelope", "{\"data\":1,\"ttl\":\"1h\"}");
        assertEquals("{\"data\":1,\"ttl\":\"1h\"}", done("get", "envelope").out());
        done("put", "short", "1", "--ttl", "1h");
        assertTrue(done("ls", "-l", "-o", "ndjson").out().contains("\"expires\":\"20"));
    }

    @Test
    void conditionsThatDoNotHoldHaveTheirStatus() {
        String id = done("put", "once", "1", "--if-absent").out().split("\\s+")[2];
        assertEquals(ExitStatus.CONDITION_FAILED, run("put", "once", "2", "--if-absent").status());
        assertEquals(ExitStatus.CONDITION_FAILED, run("rm", "once", "--if-match", "0").status());
        String next = done("put", "once", "3", "--if-match", id).out().split("\\s+")[2];
        assertEquals(ExitStatus.CONDITION_FAILED, run("put", "once", "4", "--if-match", id).status());
        assertEquals("1", done("get", "once", "--revision", id).out());
        done("rm", "once", "--if-match", next);
        assertEquals("3", done("get", "once", "--revision", next).out());
        assertEquals(ExitStatus.MISUSED, run("put", "once", "1", "--if-absent", "--if-match", id).status());
    }

    @Test
    void asksBeforeSeveralKeysAreDeleted() {
        done("put", "many/a", "1");
        done("put", "many/b", "1");
        CommandRun.Result refused = run("rm", "-r", "many/");
        assertEquals(ExitStatus.MISUSED, refused.status());
        assertTrue(refused.err().contains("add --yes to delete 2 keys below many/"), refused.err());
        assertEquals(ExitStatus.MISUSED, command().atTerminal("n\n", "").run("rm", "-r", "many").status());
        assertEquals("1", done("get", "many/a").out());
        CommandRun.Result agreed = command().atTerminal("y\n", "").run("rm", "-r", "many");
        assertEquals(ExitStatus.DONE, agreed.status());
        assertTrue(agreed.err().contains("delete 2 keys below many/? [y/N] "), agreed.err());
        assertEquals(ExitStatus.ABSENT, run("rm", "many/a").status());
        assertEquals(ExitStatus.MISUSED, run("rm", "many/").status());
    }

    @Test
    void terminalGetsColoursAndPipesDoNot() {
        done("put", "pretty", "{\"a\":[1,{}],\"b\":\"x\\u001b\"}");
        assertEquals("{\n  \u001b[34m\"a\"\u001b[0m: [\n    1,\n    {}\n  ],\n  \u001b[34m\"b\"\u001b[0m:"
                + " \"x\\u001b\"\n}\n", command().atTerminal("", "").run("get", "pretty").out());
        assertEquals("{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": \"x\\u001b\"\n}\n",
                command().with("NO_COLOR", "1").atTerminal("", "").run("get", "pretty").out());
        assertEquals("{\"a\":[1,{}],\"b\":\"x\\u001b\"}", done("get", "pretty").out());
    }

    @Test
    void badAndMissingTokensAreNotAllowed() throws Exception {
        CommandRun.Result bad = command().with("KVS_TOKEN", "wrong").run("get", "a");
        assertEquals(ExitStatus.FORBIDDEN, bad.status());
        assertTrue(bad.err().contains("kvs login"), bad.err());
        String token = token("--scopes", "read");
        CommandRun.Result reader = command().with("KVS_TOKEN", token).run("put", "a", "1");
        assertEquals(ExitStatus.FORBIDDEN, reader.status());
        Path file = Files.writeString(home.resolve("token"), token + "\n");
        assertEquals(ExitStatus.ABSENT, run("get", "none", "--token-file", file.toString()).status());
        assertEquals(ExitStatus.MISUSED, command().with("KVS_TOKEN", "a b").run("get", "a").status());
    }

    @Test
    void verboseShowsTheCurlLineWithoutTheToken() throws Exception {
        String secret = Files.readString(node.directory().resolve("admin.token")).strip();
        CommandRun.Result result = run("put", "it's", "{\"q\":\"it's\"}", "-v");
        assertEquals(ExitStatus.DONE, result.status());
        assertEquals("curl -X PUT -H \"Authorization: Bearer $KVS_TOKEN\" -H 'Content-Type: application/json'"
                + " --data-binary '{\"q\":\"it'\\''s\"}' '" + node.url() + "/kv/it%27s?plain'\n",
                result.err());
        assertFalse(result.err().contains(secret));
    }

    @Test
    void nodeThatIsNotThereHasItsStatus() {
        CommandRun.Result result = run("get", "a", "--endpoint", "127.0.0.1:1", "--timeout", "1s");
        assertEquals(ExitStatus.UNREACHABLE, result.status());
        assertEquals("kvs: a was not read: no node responds at http://127.0.0.1:1 (no process listens there)."
                + " Start the node, or name another one by --endpoint\n", result.err());
    }

    @Test
    void directoryThatCannotBeReadIsNoNodeOfThisUser() throws Exception {
        Files.createDirectories(home.resolve("closed/node.url"));
        CommandRun person = new CommandRun(home).with("KVS_DATA_DIR", home.resolve("closed").toString());
        assertEquals(ExitStatus.ABSENT, person.run("get", "none", "--endpoint", node.url()).status());
    }

    @Test
    void contextsAreSavedChosenAndPrivate() throws Exception {
        Path other = Files.createDirectory(home.resolve("other"));
        CommandRun person = command().with("XDG_CONFIG_HOME", other.toString());
        assertEquals("admin at " + node.url() + " (", person.run("login").out().replaceFirst("\\(.*\\s",
                "("));
        String token = token();
        CommandRun.Result signed = person.atTerminal("", token + "\n")
                .run("login", "http://127.0.0.2:" + node.url().replaceFirst(".*:", ""), "--context", "far");
        boolean reached = signed.status() == ExitStatus.DONE;
        assertTrue(reached || signed.status() == ExitStatus.UNREACHABLE, signed.err());
        assertFalse((signed.out() + signed.err()).contains(token));
        Path local = other.resolve("kvs/contexts/local.json");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(local)));
        CommandRun script = command().with("XDG_CONFIG_HOME", other.toString());
        assertTrue(script.run("context", "use", "local").out().contains("'local' is in use"));
        assertTrue(script.run("context").out().contains("local  *  node in " + node.directory()));
        assertEquals(ExitStatus.MISUSED, script.run("context", "use", "locla").status());
        assertEquals(ExitStatus.DONE, script.run("put", "with/context", "1").status());
        assertEquals(ExitStatus.DONE, script.run("context", "rm", "local").status());
        assertEquals(ExitStatus.MISUSED, script.run("get", "with/context", "--context", "local").status());
    }

    @Test
    void tokenOfAContextGoesToItsOwnNodesOnly() throws Exception {
        Path other = Files.createDirectory(home.resolve("strict"));
        String token = token();
        Files.createDirectories(other.resolve("kvs/contexts"));
        Path file = Files.writeString(other.resolve("kvs/contexts/far.json"),
                "{\"endpoints\":\"http://192.0.2.1:1\",\"token\":\"" + token + "\"}\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(other.resolve("kvs/current"), "far\n");
        CommandRun script = new CommandRun(other).with("XDG_CONFIG_HOME", other.toString());
        assertEquals(ExitStatus.FORBIDDEN, script.run("get", "a", "--endpoint", node.url()).status());
    }
}
