package kvs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import kvs.command.ArgumentParser;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.HelpPage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The one table of commands, and what is made of it. */
class CommandTableTest {

    @TempDir
    private static Path home;

    private static CommandRun.Result run(String... args) {
        return new CommandRun(home).run(args);
    }

    /** The words of a command line of a POSIX shell, as far as the examples use it. */
    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        for (char c : (line + " ").toCharArray()) {
            if (c == '\'') {
                quoted = !quoted;
            } else if (c == ' ' && !quoted) {
                if (word.length() > 0) {
                    words.add(word.toString());
                }
                word.setLength(0);
            } else {
                word.append(c);
            }
        }
        return words;
    }

    private static Stream<CommandSpec> specs() {
        return table().specs().stream();
    }

    private static Commands table() {
        return new Commands(new CommandRun(home).invocation());
    }

    @ParameterizedTest
    @MethodSource("specs")
    void everyCommandHasHelpAndExamplesThatParse(CommandSpec spec) throws Exception {
        assertEquals(spec.name(), table().command(spec.name()).orElseThrow().spec().name());
        assertFalse(spec.examples().isEmpty(), spec.name() + " has no example");
        for (CommandSpec.Example example : spec.examples()) {
            String line = example.command().replaceFirst("^.*(kvs " + spec.name() + ")", "$1")
                    .replaceFirst("\\)$", "");
            List<String> words = words(line);
            assertEquals(List.of("kvs", spec.name()), words.subList(0, 2), example.command());
            ArgumentParser.parse(spec, words.subList(2, words.size()));
        }
        CommandRun.Result help = run(spec.name(), "--help");
        assertEquals(ExitStatus.DONE, help.status());
        assertTrue(help.out().startsWith("kvs " + spec.name() + ": " + spec.summary()), help.out());
        assertTrue(help.out().lines().allMatch(line -> line.length() <= 110), help.out());
        spec.allOptions().stream().filter(option -> !option.name().matches("--(quiet|help)"))
                .forEach(option -> assertTrue(help.out().contains(option.name()), option.name()));
        assertEquals(help.out(), run("help", spec.name()).out());
    }

    @Test
    void listOfCommandsNamesAll() {
        String all = run("--help").out();
        specs().forEach(spec -> assertTrue(all.contains("  " + spec.name() + " "), spec.name()));
        assertEquals(all, run("help").out());
        assertEquals(HelpPage.all(table()), all);
        assertEquals(String.join("\n", table().names()) + "\n", run("help", "--names").out());
    }

    @ParameterizedTest
    @CsvSource({"gte, get", "putt, put", "verfy, verify", "compl, completion", "restor, restore"})
    void suggestsTheCommandThatWasMeant(String typed, String meant) {
        CommandRun.Result result = run(typed, "x");
        assertEquals(ExitStatus.MISUSED, result.status());
        assertTrue(result.err().contains("did you mean '" + meant + "'?"), result.err());
    }

    @Test
    void misuseShowsOneLineAndTheUsageOfThatCommand() {
        CommandRun.Result result = run("get", "a", "--fild", "x");
        assertEquals(ExitStatus.MISUSED, result.status());
        assertEquals("kvs: kvs get has no option --fild; did you mean '--field'?\nusage: kvs get KEY"
                + " [options]\n",
                result.err());
        assertEquals("kvs: kvs get takes KEY, not nothing\nusage: kvs get KEY [options]\n", run("get").err());
    }

    @Test
    void manPageIsMadeFromTheTable() throws IOException {
        assertEquals(Files.readString(Path.of(System.getProperty("kvs.root"), "conf", "kvs.1")),
                run("completion", "man").out(), "make docs writes it");
    }

    @ParameterizedTest
    @CsvSource({"bash", "zsh", "fish"})
    void completionIsAScriptOfItsShell(String shell) throws Exception {
        String script = run("completion", shell).out();
        for (CommandSpec spec : table().specs()) {
            assertTrue(script.contains(spec.name()), spec.name());
            spec.options().forEach(option -> assertTrue(script.contains(option.name().substring(2)),
                    option.name()));
        }
        assumeTrue(has(shell), shell + " is not installed, so its syntax is not checked");
        assertEquals("", bash(script, shell, "-n", "/dev/stdin"));
    }

    @Test
    void bashCompletesCommandsOptionsAndChoices() throws Exception {
        assumeTrue(has("bash"), "bash is not installed");
        String script = run("completion", "bash").out();
        String ask = "\ncompopt() { :; }; COMP_WORDS=(kvs %s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _kvs;"
                + " echo \"${COMPREPLY[@]}\"";
        assertEquals("verify verify-log", bash(script + String.format(ask, "ver"), "bash"));
        assertEquals("--copies", bash(script + String.format(ask, "put --cop"), "bash"));
        assertEquals("ndjson", bash(script + String.format(ask, "get a -o nd"), "bash"));
        assertEquals("bash", bash(script + String.format(ask, "completion ba"), "bash"));
    }

    private static boolean has(String program) throws Exception {
        return bash("command -v " + program, "sh").startsWith("/");
    }

    private static String bash(String script, String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().write(script.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertTrue(process.waitFor(1, TimeUnit.MINUTES), text);
        return text;
    }
}
