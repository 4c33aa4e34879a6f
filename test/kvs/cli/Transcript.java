package kvs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kvs.command.ExitStatus;
import kvs.json.JsonException;
import kvs.json.JsonValue;

/**
 * A text of commands with what they print, which is run and compared.
 * <pre>
 *   $ kvs put a 1            a command, with status 0
 *   $ [3] kvs get none       one with another status; [until] repeats it until it prints this, [any] takes
 *                            any status
 *   $ kvs watch a &amp;          one that runs on: the next command is repeated until it ends
 *   $ kvs token &gt; FILE     one whose output goes to a file
 *   $ cat FILE               the text of a file
 *   &lt; y                      typed at a terminal
 *   &lt;&lt; text                  its standard input
 *   ! text                   a line of its standard error output; without one there must be none
 *   created  a  {id}         a line of its output; … is anything, alone it is any lines
 *   % words                  something that the test does
 *   # text                   a comment
 * </pre>
 * Blanks do not count. {@code {name}} is the text that stood at its first place in an output: an id, or what
 * the test has set. Output of {@code -o json} and {@code -o ndjson} is parsed too.
 */
final class Transcript {

    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final Pattern NAME = Pattern.compile("\\{([a-z][a-z0-9]*)\\}");
    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(&)$|([^\\s'\"]+)");

    private final Supplier<CommandRun> commands;
    private final Consumer<String> acts;
    private final Map<String, String> names = new HashMap<>();
    private final Set<ExitStatus> statuses = EnumSet.noneOf(ExitStatus.class);
    private int count;

    /** A command of the text, with what belongs to it. */
    private record Step(int line, String command, List<String> marks, List<String> typed, List<String> input,
            List<String> out, List<String> err) {

        static Step of(int line, String text) {
            List<String> marks = List.of();
            String command = text;
            if (text.startsWith("[")) {
                marks = List.of(text.substring(1, text.indexOf(']')).split(" "));
                command = text.substring(text.indexOf(']') + 1).strip();
            }
            return new Step(line, command, marks, new ArrayList<>(), new ArrayList<>(), new ArrayList<>(),
                    new ArrayList<>());
        }

        void add(String text) {
            if (text.startsWith("<< ")) {
                input.add(text.substring(3));
            } else if (text.startsWith("< ")) {
                typed.add(text.substring(2));
            } else if (text.startsWith("! ")) {
                err.add(text.substring(2));
            } else {
                out.add(text);
            }
        }

        boolean isBackground() {
            return command.endsWith(" &");
        }

        @Override
        public String toString() {
            return "line " + line + ": " + command;
        }
    }

    /** A transcript; {@code acts} does what {@code %} says. */
    Transcript(Supplier<CommandRun> commands, Consumer<String> acts) {
        this.commands = commands;
        this.acts = acts;
    }

    /** Gives a name to a text. */
    void name(String name, String text) {
        names.put(name, text);
    }

    /** The exit statuses that were seen. */
    Set<ExitStatus> statuses() {
        return statuses;
    }

    /** The number of commands that were run. */
    int count() {
        return count;
    }

    /** Runs the text of a file. */
    void run(Path file) throws Exception {
        List<String> lines = Files.readAllLines(file);
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).stripTrailing();
            if (line.startsWith("$ ") || line.startsWith("% ")) {
                steps.add(Step.of(i + 1, line.startsWith("$ ") ? line.substring(2) : line));
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                steps.get(steps.size() - 1).add(line);
            }
        }
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            if (step.command.startsWith("% ")) {
                acts.accept(step.command.substring(2));
            } else if (step.isBackground()) {
                CommandRun.Running running = command(step).start(arguments(step));
                Step next = steps.get(++i);
                long end = System.nanoTime() + PATIENCE_NANOS;
                do {
                    once(next);
                    assertTrue(System.nanoTime() < end, step + " does not end: " + running.out());
                } while (!running.isDone());
                check(step, new CommandRun.Result(running.breakPipe(), running.out(), running.err()));
            } else {
                once(step);
            }
        }
    }

    private void once(Step step) throws Exception {
        count++;
        if (step.command.startsWith("cat ")) {
            compare(step, step.out, Files.readString(Path.of(resolved(step.command.substring(4)))));
            return;
        }
        long end = System.nanoTime() + PATIENCE_NANOS;
        CommandRun.Result result = run(step);
        while (step.marks.contains("until") && System.nanoTime() < end
                && (!pattern(step.out).matcher(blanks(result.out())).matches() || !fits(step, result))) {
            result = run(step);
        }
        List<String> words = words(step);
        if (words.contains(">")) {
            Files.writeString(Path.of(words.get(words.size() - 1)), result.out());
            result = new CommandRun.Result(result.status(), "", result.err());
        }
        check(step, result);
    }

    private CommandRun.Result run(Step step) {
        byte[] input = (String.join("\n", step.input) + (step.input.isEmpty() ? "" : "\n"))
                .getBytes(StandardCharsets.UTF_8);
        return command(step).run(input, arguments(step));
    }

    /** The command with the variables before its name. */
    private CommandRun command(Step step) {
        CommandRun command = commands.get();
        for (String word : words(step)) {
            if (word.equals("kvs")) {
                break;
            }
            command.with(word.substring(0, word.indexOf('=')), word.substring(word.indexOf('=') + 1));
        }
        return step.typed.isEmpty() ? command
                : command.atTerminal(resolved(step.typed.get(0)) + "\n", resolved(step.typed.get(0)));
    }

    private String[] arguments(Step step) {
        List<String> words = words(step);
        int end = words.contains(">") ? words.indexOf(">") : words.size();
        return words.subList(words.indexOf("kvs") + 1, end).toArray(new String[0]);
    }

    /** The words of a command, as a shell without variables splits them. */
    private List<String> words(Step step) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(step.command);
        int end = -1;
        while (matcher.find()) {
            if (matcher.group(3) != null) {
                continue;
            }
            String word = resolved(matcher.group(1) != null ? matcher.group(1)
                    : matcher.group(2) != null ? matcher.group(2) : matcher.group(4));
            if (matcher.start() == end) {
                words.set(words.size() - 1, words.get(words.size() - 1) + word);
            } else {
                words.add(word);
            }
            end = matcher.end();
        }
        return words;
    }

    /** The text with the names in it replaced. */
    private String resolved(String text) {
        return NAME.matcher(text).replaceAll(match -> Matcher.quoteReplacement(
                names.getOrDefault(match.group(1), match.group())));
    }

    private static boolean fits(Step step, CommandRun.Result result) {
        if (step.marks.contains("any")) {
            return true;
        }
        String code = step.marks.stream().filter(mark -> mark.matches("\\d+")).findFirst().orElse("0");
        return Integer.toString(result.status().code()).equals(code);
    }

    private void check(Step step, CommandRun.Result result) throws JsonException {
        assertTrue(fits(step, result), step + ": " + result);
        statuses.add(result.status());
        compare(step, step.out, result.out());
        compare(step, step.err, result.err());
        List<String> words = words(step);
        int form = Math.max(words.indexOf("-o"), words.indexOf("--output")) + 1;
        if (form > 0 && words.get(form).equals("json")) {
            JsonValue.parse(result.out().getBytes(StandardCharsets.UTF_8));
        } else if (form > 0 && words.get(form).equals("ndjson")) {
            for (String line : result.out().lines().toList()) {
                JsonValue.parse(line.getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    /** Compares an output, and gives their texts to new names. */
    private void compare(Step step, List<String> expected, String text) {
        Matcher matcher = pattern(expected).matcher(blanks(text));
        if (!matcher.matches()) {
            assertEquals(resolved(String.join("\n", expected)), text, step.toString());
        }
        List<String> fresh = fresh(expected);
        for (String name : fresh) {
            names.put(name, matcher.group(name));
        }
    }

    private List<String> fresh(Collection<String> lines) {
        return lines.stream().flatMap(line -> NAME.matcher(line).results()).map(match -> match.group(1))
                .filter(name -> !names.containsKey(name)).distinct().toList();
    }

    private static String blanks(String text) {
        return text.lines().map(line -> line.strip().replaceAll("\\s+", " ") + "\n")
                .reduce("", String::concat);
    }

    private Pattern pattern(List<String> lines) {
        StringBuilder regex = new StringBuilder();
        for (String line : lines) {
            if (line.equals("…")) {
                regex.append("(?:.*\n)*?");
                continue;
            }
            String plain = resolved(line).strip().replaceAll("\\s+", " ");
            Matcher names = Pattern.compile("…|" + NAME.pattern()).matcher(plain);
            int end = 0;
            while (names.find()) {
                regex.append(Pattern.quote(plain.substring(end, names.start())));
                regex.append(names.group(1) == null ? ".*?" : "(?<" + names.group(1) + ">\\S+)");
                end = names.end();
            }
            regex.append(Pattern.quote(plain.substring(end))).append("\n");
        }
        return Pattern.compile(regex.toString());
    }
}
