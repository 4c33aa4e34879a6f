package kvs.jar;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import kvs.cli.CommandLine;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.RealTextFiles;
import kvs.world.TerminalDevice;

/**
 * A node that the program starts in the process of the test, whose code is compiled already. Names of
 * directories in its settings are relative to its directory; its log is a file there.
 */
final class InsideNode {

    private static final Map<String, String> DIRECTORIES = Map.of("KVS_DATA_DIR", "data", "KVS_BACKUP_PATH",
            "backups");
    static final TerminalDevice NO_TERMINAL = new TerminalDevice() {
        @Override
        public boolean has(Stream stream) {
            return false;
        }

        @Override
        public Optional<String> readHidden(String prompt) {
            return Optional.empty();
        }
    };

    private final AtomicBoolean ended = new AtomicBoolean();
    private Runnable stop = () -> { };

    /** Starts it with these settings, as environment variables, and perhaps a file of settings. */
    InsideNode(Path directory, Path log, Map<String, String> settings, List<String> file) throws IOException {
        Map<String, String> variables = new TreeMap<>(System.getenv());
        variables.putAll(settings);
        directories(directory, variables);
        Path config = directory.resolve(file.isEmpty() ? "config.yaml" : file.get(0));
        if (file.isEmpty() && !Files.exists(config)) {
            Files.writeString(config, "# the defaults\n");
        }
        PrintStream err = new PrintStream(Files.newOutputStream(log), true, StandardCharsets.UTF_8);
        Invocation invocation = new Invocation(InputStream.nullInputStream(), err, err, err, NO_TERMINAL,
                variables, directory.toString(), "test", new RealTextFiles(Dice.real()), Clock.REAL,
                told -> stop = told);
        if (new CommandLine(invocation).run(List.of(config.toString())) != ExitStatus.DONE) {
            throw new IOException("the node did not start: " + Files.readString(log));
        }
    }

    /** Makes the names of directories in settings, or the usual ones, absolute. */
    static void directories(Path directory, Map<String, String> variables) {
        DIRECTORIES.forEach((name, usual) -> variables.compute(name, (key, given) -> directory
                .resolve(given == null ? usual : given).toString()));
    }

    boolean isAlive() {
        return !ended.get();
    }

    /** Ends it as a process ends that is told to. */
    void end() {
        if (!ended.getAndSet(true)) {
            stop.run();
        }
    }
}
