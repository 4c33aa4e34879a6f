package kvs.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.RealTextFiles;
import kvs.world.TerminalDevice;

/** The command line in this process: its streams are in memory, its home is a directory of the test. */
final class CommandRun {

    private final Path home;
    private final Map<String, String> variables = new TreeMap<>();
    private final Set<TerminalDevice.Stream> terminals = EnumSet.noneOf(TerminalDevice.Stream.class);
    private String typed = "";
    private String hidden = "";

    /** A finished command. */
    record Result(ExitStatus status, String out, String err) { }

    /** A node that a test has started. */
    record RunningNode(String url, Path directory, Runnable stop) implements AutoCloseable {

        @Override
        public void close() {
            stop.run();
        }
    }

    /** Commands of a user with that home. */
    CommandRun(Path home) {
        this.home = home;
        variables.put("XDG_CONFIG_HOME", home.resolve("config").toString());
        variables.put("XDG_STATE_HOME", home.resolve("state").toString());
        variables.put("KVS_DATA_DIR", home.resolve("data").toString());
    }

    /** The same with an environment variable. */
    CommandRun with(String name, String value) {
        variables.put(name, value);
        return this;
    }

    /** The same at a terminal, with what the person types, and types without seeing it. */
    CommandRun atTerminal(String line, String secret) {
        terminals.addAll(EnumSet.allOf(TerminalDevice.Stream.class));
        typed = line;
        hidden = secret;
        return this;
    }

    /** Runs a command to its end. */
    Result run(String... args) {
        return run(new byte[0], args);
    }

    /** Runs a command with an input. */
    Result run(byte[] input, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        byte[] in = terminals.isEmpty() ? input : typed.getBytes(StandardCharsets.UTF_8);
        ExitStatus status = new CommandLine(invocation(new ByteArrayInputStream(in), out, err, stop -> { }))
                .run(List.of(args));
        return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** The surroundings of a command without input. */
    Invocation invocation() {
        return invocation(InputStream.nullInputStream(), new ByteArrayOutputStream(),
                new ByteArrayOutputStream(), stop -> { });
    }

    private Invocation invocation(InputStream in, ByteArrayOutputStream out, ByteArrayOutputStream err,
            Consumer<Runnable> atExit) {
        TerminalDevice terminal = new TerminalDevice() {
            @Override
            public boolean has(Stream stream) {
                return terminals.contains(stream);
            }

            @Override
            public Optional<String> readHidden(String prompt) {
                return Optional.of(hidden);
            }
        };
        return new Invocation(in, new PrintStream(out, true, StandardCharsets.UTF_8), out,
                new PrintStream(err, true, StandardCharsets.UTF_8), terminal, variables, home.toString(),
                "test", new RealTextFiles(Dice.real()), Clock.REAL, atExit);
    }

    /** Starts a node in this process, with these settings beside a free port and few words. */
    RunningNode startNode(Map<String, String> settings) throws IOException {
        variables.putAll(Map.of("KVS_PORT", "0", "KVS_LOG_LEVEL", "error"));
        variables.putAll(settings);
        Path directory = Path.of(variables.get("KVS_DATA_DIR"));
        AtomicReference<Runnable> stop = new AtomicReference<>();
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        Files.writeString(home.resolve("config.yaml"), "backup_path: " + home.resolve("backups") + "\n");
        ExitStatus status = new CommandLine(invocation(InputStream.nullInputStream(), said, said, stop::set))
                .run(List.of(home.resolve("config.yaml").toString()));
        if (status != ExitStatus.DONE) {
            throw new IOException("the node did not start: " + said);
        }
        return new RunningNode(Files.readString(directory.resolve("node.url")).strip(), directory,
                stop.get());
    }
}
