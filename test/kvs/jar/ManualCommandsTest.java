package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kvs.sim.Depth;
import kvs.tidy.Checkout;
import kvs.tidy.ManualRules;
import kvs.tidy.MarkdownPage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs every command of the README and of the manual's pages, and compares what they show. */
class ManualCommandsTest {

    private static final Path ROOT = Path.of(System.getProperty("kvs.root"));
    private static final String JAVA = "java -jar build/kvs.jar";

    @TempDir
    private Path directory;
    private final List<String> ports = new ArrayList<>();

    private static List<MarkdownPage> pages() throws IOException {
        return List.copyOf(ManualRules.pages(new Checkout(ROOT).sources()).values());
    }

    private static List<MarkdownPage> pagesWithCommands() throws IOException {
        return pages().stream().filter(page -> page.blocks().stream()
                .anyMatch(block -> block.kind().equals("sh"))).toList();
    }

    /** Pages for a first evening, which a reader may go through again; {@code make sim} runs all twice. */
    private static final Set<String> AGAIN = Set.of("README.md", "start.md", "tour.md");

    /** Twice on the same node: a reader who comes back finds that the page still holds. */
    @Tag(Depth.DEEP)
    @ParameterizedTest
    @MethodSource("pagesWithCommands")
    void everyCommandDoesWhatItSays(MarkdownPage page) throws Exception {
        assumeTrue(Shell.has("curl"), "needs curl and bash");
        try (PageRun run = new PageRun(directory)) {
            assertEquals("", String.join("\n", run.offenders(page)), "for the first time");
            if (Depth.of(0, 1) == 1 || AGAIN.contains(Path.of(page.path()).getFileName().toString())) {
                assertEquals("", String.join("\n", run.offenders(page)), "for the second time");
            }
        }
    }

    @Test
    void commandThatDoesSomethingElseIsFound() throws Exception {
        assumeTrue(Shell.has("curl"), "needs curl and bash");
        String auth = "auth=\"Authorization: Bearer $(java -jar build/kvs.jar token)\"\n";
        try (PageRun run = new PageRun(directory)) {
            for (String bad : List.of("```sh\nfalse\n```", "```sh\ncurl localhost:8080/kv/a\n```",
                    "```sh\ncurl localhost:8080/health\n```\n```json\n{\"status\":\"bad\"…}\n```",
                    "```sh\njava -jar build/kvs.jar docs none\n```",
                    "```sh\ncurl -s localhost:8081/health | grep ok\n```")) {
                assertEquals(1, run.offenders(new MarkdownPage("p", bad + "\n")).size(), bad);
            }
            for (String good : List.of("```sh\n" + auth + "curl localhost:8080/auth/whoami -H \"$auth\"\n```",
                    "```sh\njava -jar build/kvs.jar verify data\n```",
                    "```sh\ncurl localhost:8080/kv/a\n```\n\n```json\n{…\"status\":401,…}\n```",
                    "```sh\nKVS_PORT=8081 KVS_NODE_ID=b KVS_DATA_DIR=b KVS_SEED_NODES=localhost:8080 kvs &\n"
                            + "curl localhost:8081/health\n```\n```json\n{\"status\": \"…\", …}\n```",
                    "```sh skip\nfalse\n```")) {
                assertEquals(List.of(), run.offenders(new MarkdownPage("p", good + "\n")), good);
            }
        }
    }

    private static String real(String command) {
        return command.replace(JAVA, "\"$JAVA_HOME/bin/java\" '" + String.join("' '", QuickStart.OPTIONS)
                + "' -Duser.home=\"$HOME\" -jar " + System.getProperty("kvs.jar"));
    }

    @Test
    void httpsIsAsSimpleAsItSays() throws Exception {
        assumeTrue(Shell.has("curl") && Shell.has("openssl"), "needs curl, bash and openssl");
        List<String> commands = block("openssl ");
        assertEquals(3, commands.size(), "openssl, java, curl: " + commands);
        Jar.Printed made = Shell.run(directory, commands.get(0));
        assertEquals(0, made.status(), made.text());
        assertTrue(commands.get(1).endsWith(" " + JAVA), commands.get(1));
        String[] settings = commands.get(1).split("[ =]");
        try (Jar node = Jar.start(directory, Map.of(settings[0], settings[1], settings[2], settings[3]))) {
            String curl = commands.get(2).replace("localhost:8080", "localhost:" + node.port());
            assertEquals("200", Shell.run(directory,
                    curl.replaceFirst("curl ", "curl -s -o answer -w '%{http_code}' ")).text());
            for (String version : List.of("1.2", "1.3")) {
                assertEquals("200", Shell.run(directory, curl.replaceFirst("curl ", "curl -s -o answer -w"
                        + " '%{http_code}' --tlsv" + version + " --tls-max " + version + " ")).text(),
                        version);
            }
            assertTrue(Files.readString(directory.resolve("answer"), StandardCharsets.UTF_8)
                    .contains("\"problems\":[]"));
        }
    }

    /** Two nodes meet with one key of one timestamp. */
    @Test
    void theOlderNodeWinsAConflict() throws Exception {
        assumeTrue(Shell.has("curl"), "needs curl and bash");
        List<String> commands = block("make conflict ");
        assertEquals(5, commands.size(), "one to write, two nodes, two to look: " + commands);
        StringBuilder script = new StringBuilder("trap 'kill $(jobs -p); wait' EXIT\n");
        for (String command : commands) {
            script.append(conflict(command)).append('\n');
        }
        script.append("for i in $(seq 200); do a=$(").append(conflict(commands.get(3))).append("); b=$(")
                .append(conflict(commands.get(4))).append("); [ \"$a\" = \"$b\" ] && [ -n \"$a\" ] && break;"
                        + " sleep 0.1; done; echo; echo \"$a\"; echo \"$b\"\n");
        List<String> said = Shell.run(directory, script.toString()).text().lines().toList();
        List<String> values = said.stream().filter(line -> line.startsWith("{\"uuid\"")).toList();
        assertTrue(values.size() >= 2, said.toString());
        String last = values.get(values.size() - 1);
        assertEquals(last, values.get(values.size() - 2));
        assertTrue(last.contains("{\"from\":\"the older node\"}"), last);
    }

    private String conflict(String command) throws IOException {
        if (ports.isEmpty()) {
            ports.addAll(List.of(Integer.toString(Cluster.free()), Integer.toString(Cluster.free())));
        }
        String classes = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
        String java = "\"$JAVA_HOME/bin/java\" -cp " + classes + " kvs.Conflict";
        String here = command.replace("/tmp/", directory + "/").replace("9111", ports.get(0))
                .replace("9112", ports.get(1)).replaceFirst("make conflict DIRS=\"(.*)\"",
                        Matcher.quoteReplacement(java) + " $1").replaceFirst("^curl ", "curl -s ");
        return real(here).replaceFirst(" &$", " > /dev/null 2>&1 &");
    }

    private static List<String> block(String begin) throws IOException {
        return pages().stream().flatMap(page -> page.blocks().stream()).map(MarkdownPage.Block::commands)
                .filter(block -> !block.isEmpty() && block.get(0).startsWith(begin)).findFirst()
                .orElseThrow();
    }
}
