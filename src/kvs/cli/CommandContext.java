package kvs.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import kvs.config.ConfigException;
import kvs.config.Settings;
import kvs.log.StorageEnvironment;
import kvs.node.BackupWiring;
import kvs.node.Environment;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.Disk;
import kvs.world.FileDisk;
import kvs.world.Logger;
import kvs.world.PathCheck;
import kvs.world.ProcessUsage;
import kvs.world.SocketOwners;
import kvs.world.TextFiles;

/**
 * The surroundings of a command: the standard streams, the environment variables, and what commands make of
 * settings and arguments.
 *
 * @param in the standard input
 * @param out the standard output, for text
 * @param raw the standard output, for bytes
 * @param err the standard error output
 * @param terminal whether a person reads the output
 * @param variables the environment variables
 * @param home home directory of the user
 * @param version version of the program
 * @param files all files that are not in a data directory
 * @param atExit runs something when the process is told to stop
 */
public record CommandContext(InputStream in, PrintStream out, OutputStream raw, PrintStream err,
        boolean terminal, Map<String, String> variables, String home, String version, TextFiles files,
        Consumer<Runnable> atExit) {

    /** The configuration file that is read, and written at the first start, when none is named. */
    static final String CONFIG = "config.yaml";
    /** The name of the standard input or output in the place of a file. */
    static final String STANDARD = "-";
    /** The directory of the audit log in a data directory. */
    static final String AUDIT = "tamper";

    /**
     * The settings of a file and of the environment; without a file those of {@value #CONFIG}, if it is
     * there.
     */
    Settings settings(Optional<String> file) throws Arguments.MisuseException, ConfigException, IOException {
        Path path = Path.of(file.orElse(CONFIG));
        if (file.isPresent() && !PathCheck.isFile(path)) {
            throw new Arguments.MisuseException("there is no file " + path);
        }
        String text = PathCheck.isFile(path) ? files.text(path.toString()).orElse("") : "";
        Map<String, String> given = new HashMap<>(variables);
        given.remove(NodeClients.TOKEN);
        return Settings.read(path.toString(), text, given, machine(), BackupWiring::problem);
    }

    /**
     * A log on the standard error output with the level of the settings, or {@code least} when that is
     * higher.
     */
    Logger log(Settings settings, Logger.Level least) {
        Logger.Level wanted = Logger.Level.valueOf(settings.text("log_level").toUpperCase(Locale.ROOT));
        return Logger.stderr(wanted.compareTo(least) < 0 ? least : wanted);
    }

    /** The data directory of the settings. */
    static Path data(Settings settings) {
        return path(settings, "data_dir");
    }

    private static Path path(Settings settings, String key) {
        return Path.of(settings.text(key)).toAbsolutePath().normalize();
    }

    /** The environment of a node with these settings whose data directory is that one. */
    Environment environment(Settings settings, Logger log, Disk data, Path directory) {
        Path backups = path(settings, "backup_path");
        var machine = new Environment.MachineFacts(machine(), version, home,
                Optional.ofNullable(variables.get("CREDENTIALS_DIRECTORY")));
        return new Environment(data, () -> FileDisk.open(directory.resolve(AUDIT)),
                () -> FileDisk.open(backups), files, Clock.REAL,
                Dice.real(), log, SocketOwners.real(), machine, ProcessUsage.real());
    }

    /** The environment of the node whose directory has that name; empty when there is no such directory. */
    Optional<Environment> environment(Settings settings, Logger log, String name) throws IOException {
        Path directory = Path.of(name).toAbsolutePath().normalize();
        return !PathCheck.isDirectory(directory) ? Optional.empty()
                : Optional.of(environment(settings, log, FileDisk.open(directory), directory));
    }

    /** What a store of a stopped node needs of the machine. */
    static StorageEnvironment storage(Disk data) {
        return new StorageEnvironment(data, Clock.REAL, Dice.real(), Logger.stderr(Logger.Level.WARN));
    }

    /** The directory that the first argument names, of at most so many arguments. */
    static Path directory(Arguments arguments, int most) throws Arguments.MisuseException {
        List<String> rest = arguments.rest();
        if (rest.isEmpty() || rest.size() > most) {
            throw new Arguments.MisuseException("expected the data directory"
                    + (most > 1 ? " and an optional config file" : " and nothing else"));
        }
        return existing(Path.of(rest.get(0)));
    }

    /** A directory that must be there. */
    static Path existing(Path directory) throws Arguments.MisuseException {
        if (!PathCheck.isDirectory(directory)) {
            throw new Arguments.MisuseException("there is no directory " + directory);
        }
        return directory;
    }

    private String machine() {
        try {
            return Optional.ofNullable(variables.get("HOSTNAME")).filter(name -> !name.isBlank())
                    .orElse(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
