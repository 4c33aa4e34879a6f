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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs every command of the README's shell blocks against a real node with the default settings, and compares
 * what it promises.
 */
class ReadmeCommandsTest {

    private static final Pattern PROMISE = Pattern.compile("#\\s+(\\d{3})\\b");
    private static final String JAVA = "java -jar build/kvs.jar";

    @TempDir
    private Path directory;
    private final List<String> ports = new ArrayList<>();

    @Test
    void everyCommandDoesWhatItSays() throws Exception {
        assumeTrue(Shell.has("curl"), "needs curl and bash");
        List<String> commands = blocks("```sh").stream().flatMap(List::stream).toList();
        List<String> stopped = commands.stream().filter(c -> c.startsWith(JAVA) && !c.contains(" token ")
                && !c.contains("localhost")).toList();
        List<String> running = commands.stream().filter(c -> !stopped.contains(c)).toList();
        List<String> promised = new ArrayList<>();
        StringBuilder script = new StringBuilder();
        try (Jar node = Jar.start(directory, Map.of("KVS_AUTH_ENABLED", "true"))) {
            for (String command : running) {
                Matcher promise = PROMISE.matcher(command);
                boolean curl = command.startsWith("curl ");
                assertEquals(curl, promise.find(), "no status promised: " + command);
                promised.add((curl ? promise.group(1) : "0") + " " + command);
                script.append(
                        step(command.replace("localhost:8080", node.url.substring("http://".length()))));
            }
            List<String> found = Shell.run(directory, script.toString()).text().lines().toList();
            assertEquals(promised.size(), found.size(), String.join("\n", found));
            for (int i = 0; i < found.size(); i++) {
                assertEquals(promised.get(i), found.get(i) + " " + running.get(i));
            }
            node.stop();
        }
        for (String command : stopped) {
            Jar.Printed printed = Shell.run(directory, real(command));
            assertEquals(0, printed.status(), command + "\n" + printed.text());
        }
        assertTrue(running.size() > 30 && stopped.size() > 5,
                running.size() + " and " + stopped.size() + " commands");
    }

    /** One command that says its status on one line: that of the answer, or its own. */
    private static String step(String command) {
        if (command.startsWith("curl ")) {
            return command.replaceFirst("^curl ", "curl -s -o answer -w '%{http_code}\\\\n' ") + "\n";
        }
        return (command.startsWith(JAVA) ? real(command) + " > token 2> said" : command) + "\necho $?\n";
    }

    private static String real(String command) {
        return command.replace(JAVA,
                "\"$JAVA_HOME/bin/java\" -Duser.home=\"$HOME\" -jar " + System.getProperty("kvs.jar"));
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
        return blocks("```").stream().filter(block -> block.get(0).startsWith(begin)).findFirst()
                .orElseThrow();
    }

    /** The lines of all blocks with that fence. */
    private static List<List<String>> blocks(String fence) throws IOException {
        List<List<String>> blocks = new ArrayList<>();
        String open = "";
        for (String line : Files.readAllLines(Path.of(System.getProperty("kvs.root"), "README.md"))) {
            if (line.startsWith("```")) {
                open = open.isEmpty() ? line : "";
                if (open.equals(fence)) {
                    blocks.add(new ArrayList<>());
                }
            } else if (open.equals(fence) && !line.isBlank()) {
                blocks.get(blocks.size() - 1).add(line);
            }
        }
        return blocks;
    }
}
