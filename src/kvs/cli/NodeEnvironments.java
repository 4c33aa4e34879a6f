package kvs.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import kvs.client.ClientSession;
import kvs.command.Arguments;
import kvs.command.Invocation;
import kvs.command.MisuseException;
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

/**
 * The opener of what commands need of a node on this machine: its settings, its log, and its environment.
 *
 * @param invocation the surroundings of the program
 */
public record NodeEnvironments(Invocation invocation) {

    /** The configuration file that is read, and written at the first start, when none is named. */
    static final String CONFIG = "config.yaml";
    /** The environment variables of a client, which are no settings of a node. */
    private static final Set<String> CLIENT_VARIABLES = Set.of(ClientSession.TOKEN, "KVS_ENDPOINT",
            "KVS_JAVA_OPTS");
    /** The directory of the audit log in a data directory. */
    static final String AUDIT = "tamper";

    /**
     * The settings of a file and of the environment; without a file those of {@value #CONFIG}, if it is
     * there.
     */
    Settings settings(Optional<String> file) throws MisuseException, ConfigException, IOException {
        Path path = Path.of(file.orElse(CONFIG));
        if (file.isPresent() && !PathCheck.isFile(path)) {
            throw new MisuseException("there is no file " + path);
        }
        String text = PathCheck.isFile(path) ? invocation.files().text(path.toString()).orElse("") : "";
        Map<String, String> given = new HashMap<>(invocation.variables());
        given.keySet().removeAll(CLIENT_VARIABLES);
        return Settings.read(path.toString(), text, given, machine(), BackupWiring::problem);
    }

    /**
     * A log on the standard error output with the level of the settings, or {@code least} when that is
     * higher.
     */
    Logger log(Settings settings, Logger.Level least) {
        Logger.Level wanted = Logger.Level.valueOf(settings.text("log_level").toUpperCase(Locale.ROOT));
        return log(wanted.compareTo(least) < 0 ? least : wanted);
    }

    private Logger log(Logger.Level least) {
        return new Logger(invocation.err(), least, invocation.clock());
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
        var machine = new Environment.MachineFacts(machine(), invocation.version(), invocation.home(),
                Optional.ofNullable(invocation.variables().get("CREDENTIALS_DIRECTORY")));
        return new Environment(data, () -> FileDisk.open(directory.resolve(AUDIT)),
                () -> FileDisk.open(backups), invocation.files(), Clock.REAL,
                Dice.real(), log, SocketOwners.real(), machine, ProcessUsage.real());
    }

    /** The environment of the node whose directory has that name; empty when there is no such directory. */
    Optional<Environment> environment(Settings settings, Logger log, String name) throws IOException {
        Path directory = Path.of(name).toAbsolutePath().normalize();
        return !PathCheck.isDirectory(directory) ? Optional.empty()
                : Optional.of(environment(settings, log, FileDisk.open(directory), directory));
    }

    /** What a store of a stopped node needs of the machine. */
    StorageEnvironment storage(Disk data) {
        return new StorageEnvironment(data, Clock.REAL, Dice.real(), log(Logger.Level.WARN));
    }

    /** The directory that an argument names, which must be there. */
    static Path directory(Arguments arguments, int place) throws MisuseException {
        return existing(Path.of(arguments.at(place)));
    }

    /** A directory that must be there. */
    static Path existing(Path directory) throws MisuseException {
        if (!PathCheck.isDirectory(directory)) {
            throw new MisuseException("there is no directory " + directory);
        }
        return directory;
    }

    private String machine() {
        try {
            return Optional.ofNullable(invocation.variables().get("HOSTNAME")).filter(name -> !name.isBlank())
                    .orElse(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
