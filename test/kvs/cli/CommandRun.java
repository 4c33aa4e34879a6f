package kvs.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import kvs.OwnThread;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.RealTextFiles;
import kvs.world.TerminalDevice;
import kvs.world.TextFiles;

/** The command line in this process: its streams are in memory, its home is a directory of the test. */
public final class CommandRun {

    private final Path home;
    private final Map<String, String> variables = new TreeMap<>();
    private final Set<TerminalDevice.Stream> terminals = EnumSet.noneOf(TerminalDevice.Stream.class);
    private Clock clock = Clock.REAL;
    private TextFiles files = new RealTextFiles(Dice.real());
    private String version = "test";
    private String typed = "";
    private String hidden = "";

    /** A finished command. */
    public record Result(ExitStatus status, String out, String err) { }

    /** A node that a test has started. */
    record RunningNode(String url, Path directory, Runnable stop) implements AutoCloseable {

        @Override
        public void close() {
            stop.run();
        }
    }

    /** Commands of a user with that home. */
    public CommandRun(Path home) {
        this.home = home;
        variables.put("XDG_CONFIG_HOME", home.resolve("config").toString());
        variables.put("XDG_STATE_HOME", home.resolve("state").toString());
        variables.put("KVS_DATA_DIR", home.resolve("data").toString());
    }

    /** The same with an environment variable. */
    public CommandRun with(String name, String value) {
        variables.put(name, value);
        return this;
    }

    /** The same with these files. */
    CommandRun with(TextFiles other) {
        files = other;
        return this;
    }

    /** The same on a machine whose clock is that one. */
    CommandRun at(Clock other) {
        clock = other;
        return this;
    }

    /** The same with a program of another version. */
    CommandRun ofVersion(String other) {
        version = other;
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
    public Result run(String... args) {
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

    /** A command that runs in a thread of its own; its output can be read all the time. */
    public static final class Running {

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final ByteArrayOutputStream err = new ByteArrayOutputStream();
        private final AtomicBoolean ended = new AtomicBoolean();
        private final AtomicReference<Runnable> atExit = new AtomicReference<>(() -> { });
        private CompletableFuture<ExitStatus> status;

        /** The output up to now. */
        public String out() {
            return out.toString(StandardCharsets.UTF_8);
        }

        /** The messages up to now. */
        public String err() {
            return err.toString(StandardCharsets.UTF_8);
        }

        /** Whether it has ended by itself. */
        public boolean isDone() {
            return status.isDone();
        }

        /** Tells the process to stop, and waits until the command has ended. */
        public ExitStatus stop() {
            atExit.get().run();
            return status.join();
        }

        /** Breaks the pipe that it writes to: it ends at its next output. */
        public ExitStatus breakPipe() {
            ended.set(true);
            return status.join();
        }
    }

    /** Starts a command that goes on until it ends, or its pipe is broken. */
    public Running start(String... args) {
        Running running = new Running();
        PrintStream out = new PrintStream(new FilterOutputStream(running.out) {
            @Override
            public void write(int b) throws IOException {
                if (running.ended.get()) {
                    throw new IOException("broken pipe");
                }
                super.write(b);
            }
        }, true, StandardCharsets.UTF_8);
        Invocation plain = invocation(InputStream.nullInputStream(), running.out, running.err,
                running.atExit::set);
        Invocation piped = new Invocation(plain.in(), out, out, plain.err(), plain.terminal(),
                plain.variables(), plain.home(), plain.version(), plain.files(), plain.clock(),
                        plain.atExit());
        running.status = OwnThread.start(() -> new CommandLine(piped).run(List.of(args)));
        return running;
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
                version, files, clock, atExit);
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
