package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs every command of the README's shell blocks against a real node and compares the status that it promises. */
class ReadmeCommandsTest {

    private static final Pattern PROMISE = Pattern.compile("#\\s+(\\d{3})\\b");

    @TempDir
    private Path directory;

    @Test
    void everyCommandDoesWhatItSays() throws Exception {
        assumeTrue(works("curl", "--version") && works("bash", "--version"), "needs curl and bash");
        List<String> commands = commands();
        int curls = 0;
        try (Jar node = Jar.start(directory)) {
            for (String command : commands.stream().filter(c -> c.startsWith("curl ")).toList()) {
                Matcher promise = PROMISE.matcher(command);
                assertTrue(promise.find(), "no status promised: " + command);
                String silent = command.replace("localhost:8080", node.url.substring("http://".length()))
                        .replaceFirst("^curl ", "curl -s -o answer -w '%{http_code}' ");
                assertEquals(promise.group(1), shell(silent).text(), command + "\n" + Files.readString(directory.resolve("answer")));
                curls++;
            }
            node.stop();
        }
        for (String command : commands.stream().filter(c -> c.startsWith("java ")).toList()) {
            String real = command.replace("java -jar build/kvs.jar", "\"$JAVA_HOME/bin/java\" -jar " + System.getProperty("kvs.jar"));
            Jar.Printed printed = shell(real);
            assertEquals(0, printed.status(), command + "\n" + printed.text());
        }
        assertTrue(curls > 15, "only " + curls + " commands");
    }

    private static List<String> commands() throws IOException {
        List<String> commands = new ArrayList<>();
        boolean inside = false;
        for (String line : Files.readAllLines(Path.of(System.getProperty("kvs.root"), "README.md"))) {
            if (line.startsWith("```")) {
                inside = line.equals("```sh");
            } else if (inside && !line.isBlank()) {
                commands.add(line);
            }
        }
        return commands;
    }

    private Jar.Printed shell(String command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Jar.Printed(process.onExit().join().exitValue(), text);
    }

    private static boolean works(String... command) {
        try {
            return new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().onExit().join().exitValue() == 0;
        } catch (IOException missing) {
            return false;
        }
    }
}
