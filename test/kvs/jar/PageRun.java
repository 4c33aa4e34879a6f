package kvs.jar;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import kvs.tidy.MarkdownPage;

/**
 * A page of the manual beside a fresh node with the default settings: runs each command of the page, in
 * order, and notes what is not as the page says.
 *
 * <p>A command ends with status 0, and each answer that curl gets is below 400, unless the output that the
 * page shows names another status. The output is that of the block below, in which {@code …} stands for
 * anything; blanks do not count. A command that reads the data directory finds the node stopped; one that
 * names its address finds it running. A command that starts a node runs in the background from then on.
 */
final class PageRun implements AutoCloseable {

    private static final Pattern NODE = Pattern.compile(
            "([A-Z_]+=\\S* )*(java -jar build/kvs\\.jar|kvs)( \\S+\\.yaml)?( &)?");
    private static final Pattern DATA = Pattern.compile("(^|\\s)(\\./)?data(/\\S*)?(\\s|$)");
    private static final Pattern ADDRESS = Pattern.compile("localhost:|127\\.0\\.0\\.1:");
    private static final Pattern STATUS = Pattern.compile("(?:\"status\":\\s*|HTTP/1.1 )([45]\\d\\d)");
    private static final Pattern PORT = Pattern.compile("KVS_PORT=(\\d+)");
    private static final long ROOTS_NS = TimeUnit.SECONDS.toNanos(30);
    private static final List<String> PORTS = List.of("8080", "8081", "8082", "8083");
    /** The status of curl when it ends at the time that the command gives. */
    private static final int TIME_OVER = 28;

    private final Path directory;
    private final Map<String, String> ports = new TreeMap<>();
    private final List<String> offenders = new ArrayList<>();
    private Jar node;

    /** A run in an empty directory. */
    PageRun(Path directory) throws IOException {
        this.directory = directory;
        start("0");
        ports.put(PORTS.get(0), Integer.toString(node.port()));
        for (String port : PORTS.subList(1, PORTS.size())) {
            ports.put(port, Integer.toString(Cluster.free()));
        }
    }

    private void start(String port) throws IOException {
        node = Jar.inside(directory, Map.of("KVS_AUTH_ENABLED", "true", "KVS_RATE_LIMITING_ENABLED", "true",
                "KVS_PORT", port));
    }

    /** Runs the page; returns what is not as it says. */
    List<String> offenders(MarkdownPage page) throws Exception {
        offenders.clear();
        List<MarkdownPage.Block> blocks = page.blocks();
        try (PageShell shell = new PageShell(directory)) {
            for (int i = 0; i < blocks.size(); i++) {
                MarkdownPage.Block block = blocks.get(i);
                boolean shown = i + 1 < blocks.size() && blocks.get(i + 1).below()
                        && List.of("json", "text").contains(blocks.get(i + 1).kind());
                run(shell, page.path() + ":" + block.line() + ": ", commands(block),
                        shown ? String.join("\n", blocks.get(i + 1).lines()) : "…");
            }
        }
        return offenders;
    }

    /**
     * The commands of a block; a program of another language is one, with the token of the page as its TOKEN.
     * The engine of the JDK takes no body in chunks, so commands that send one send it with its length.
     */
    private static List<String> commands(MarkdownPage.Block block) {
        return switch (block.kind()) {
            case "sh" -> block.commands().stream().map(command -> Jar.JDK_ENGINE
                    ? command.replace(" -T - ", " -X PUT --data-binary @- ") : command).toList();
            case "python" -> program(block, "python3", "python3 -");
            case "javascript" -> program(block, "node", "node --input-type=module -");
            case "java" -> program(block, "java", "cat > Kvs.java && java Kvs.java");
            case "go" -> program(block, "go", "cat > kvs.go && go run kvs.go");
            default -> List.of();
        };
    }

    /** The command that runs a program in a block, where its language is installed. */
    private static List<String> program(MarkdownPage.Block block, String language, String command) {
        if (!Shell.has(language)) {
            System.out.println("no " + language + " here: its program at line " + block.line()
                    + " was not run");
            return List.of();
        }
        return List.of("sed \"s/TOKEN/${auth#*Bearer }/\" << 'END' | { " + command + "; }\n"
                + String.join("\n", block.lines()) + "\nEND");
    }

    private void run(PageShell shell, String at, List<String> commands, String shown) throws Exception {
        for (int i = 0; i < commands.size(); i++) {
            String command = commands.get(i);
            boolean starts = NODE.matcher(command).matches();
            prepare(command, starts);
            PageShell.Step step = starts ? shell.start(here(command)) : shell.run(here(command));
            if (starts && command.contains("SEED_NODES=") && node.isAlive()) {
                awaitEqualRoots(here(command));
            }
            check(at + command, step, i + 1 < commands.size() ? "…" : shown);
        }
    }

    /** A reader types the next command when the second node has what the first one has. */
    private void awaitEqualRoots(String command) throws Exception {
        Matcher port = PORT.matcher(command);
        if (port.find()) {
            URI other = URI.create("http://127.0.0.1:" + port.group(1));
            for (long end = System.nanoTime() + ROOTS_NS;
                    !root(other).equals(root(URI.create(node.url))) && System.nanoTime() < end;) {
                Jar.pauseBetweenLooks();
            }
        }
    }

    private static String root(URI node) throws Exception {
        return Jar.CLIENT.send(HttpRequest.newBuilder(node.resolve("/sync/merkle/root")).build(),
                HttpResponse.BodyHandlers.ofString()).body();
    }

    /** Stops the node before a command that wants it stopped, and starts it before one that wants it. */
    private void prepare(String command, boolean starts) throws Exception {
        boolean wanted = starts || ADDRESS.matcher(command).find();
        if (wanted && !node.isAlive()) {
            start(ports.get(PORTS.get(0)));
        } else if (!wanted && node.isAlive() && DATA.matcher(command).find()) {
            node.end();
            node.close();
        }
    }

    private void check(String command, PageShell.Step step, String shown) {
        List<Integer> refusals = STATUS.matcher(shown).results()
                .map(status -> Integer.valueOf(status.group(1))).toList();
        boolean ended = step.status() == 0 || step.status() == TIME_OVER && command.contains(" -m ");
        boolean answered = step.answers().stream().allMatch(status -> status > 0 && status < 400
                || refusals.contains(status));
        boolean asShown = matches(shown, there(step.out())) || matches(shown, there(step.err()))
                || matches(shown, there(step.out() + step.err()));
        if (!ended || !answered || !asShown) {
            offenders.add(command + "\n  status " + step.status() + ", answers " + step.answers() + "\n  "
                    + there(step.out() + step.err()) + (asShown ? "" : "\n  shown " + shown));
        }
    }

    /** Whether a text is as shown: {@code …} is anything, and blanks do not count. */
    static boolean matches(String shown, String text) {
        String pattern = Arrays.stream(bare(shown).split("…", -1)).map(Pattern::quote)
                .collect(Collectors.joining(".*"));
        return Pattern.compile(pattern, Pattern.DOTALL).matcher(bare(text)).matches();
    }

    private static String bare(String text) {
        return text.replaceAll("\\s", "");
    }

    /** The command with the ports of this run. */
    private String here(String command) {
        String here = command;
        for (Map.Entry<String, String> port : ports.entrySet()) {
            here = here.replaceAll("\\b" + port.getKey() + "\\b", port.getValue());
        }
        return here;
    }

    /** An output with the ports of the page. */
    private String there(String output) {
        String there = output;
        for (Map.Entry<String, String> port : ports.entrySet()) {
            there = there.replaceAll("\\b" + port.getValue() + "\\b", port.getKey());
        }
        return there;
    }

    @Override
    public void close() throws IOException {
        if (node.isAlive()) {
            node.close();
        }
    }
}
