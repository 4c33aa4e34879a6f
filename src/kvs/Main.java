package kvs;

import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import kvs.auth.ClusterSecret;
import kvs.config.ConfigException;
import kvs.config.Settings;
import kvs.http.JdkServer;
import kvs.http.Tls;
import kvs.ops.TamperCheck;
import kvs.store.Doors;
import kvs.store.Store;
import kvs.store.StoreException;
import kvs.store.Verification;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.Disk;
import kvs.world.FileDisk;
import kvs.world.Footprint;
import kvs.world.LocalFiles;
import kvs.world.Log;
import kvs.world.RealLocalFiles;
import kvs.world.SocketOwners;

/** The program: arguments to exit status. 0 all is well, 1 it could not be done or faults were found, 2 wrong arguments or settings. */
public final class Main {

    private static final int FAILED = 1;
    private static final int MISUSED = 2;
    private static final String CONFIG = "config.yaml";
    private static final String TAMPER = "tamper";
    private static final String HELP = """
            KVS, a key-value store for JSON documents.

              java -jar kvs.jar [config.yaml]      start a node; without a file it reads ./config.yaml, written at the first start
                  --force-degraded                 start although parts of the log are missing
              java -jar kvs.jar token [config.yaml]
                                                   print a new token, on the machine of the node, whether it runs or not
                  --user NICKNAME|UUID             whose, default is the only administrator; one is made when there is none
                  --scopes read,write,admin        what for: of read write create delete admin
                  --ttl 24h                        how long it is good
              java -jar kvs.jar verify DATA_DIR    walk every byte of a stopped node's data, list every fault; exit status 1 when there is one
              java -jar kvs.jar verify FILE        read a backup and check all of it; exit status 1 when it is damaged
              java -jar kvs.jar backup FILE DATA_DIR
                                                   write a stopped node's data into a new file
              java -jar kvs.jar restore FILE DATA_DIR
                                                   make a data directory, which is empty or not there, of a backup
                  --keep-tokens                    the tokens in it stay good; else all of them are revoked
                  --until 2026-11-26T03:44:35Z     the state of that time, as far as the history that is kept reaches back
              java -jar kvs.jar verify-log DATA_DIR [config.yaml]
                                                   name the first line of the tamper log that is not as it was written; exit status 1 then
                  --head SEQ:HASH                  a head that was noted elsewhere: proves that nothing up to it was cut off or made anew
              java -jar kvs.jar --version
              java -jar kvs.jar --help

            Every setting can be given as an environment variable too: KVS_PORT=8081. Stop a node by SIGTERM or Ctrl-C.
            """;

    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;
    private final LocalFiles files = new RealLocalFiles(Dice.real());

    private Main(PrintStream out, PrintStream err, Map<String, String> environment) {
        this.out = out;
        this.err = err;
        this.environment = environment;
    }

    /** Runs the program. */
    public static void main(String[] args) {
        JdkServer.PROPERTIES.forEach(System::setProperty);
        int status = new Main(System.out, System.err, System.getenv()).run(List.of(args));
        if (status != 0) {
            System.exit(status);
        }
    }

    private int run(List<String> args) {
        try {
            return command(args);
        } catch (Arguments.MisuseException e) {
            err.println("kvs: " + e.getMessage() + "\n\n" + HELP);
            return MISUSED;
        } catch (ConfigException e) {
            e.errors().forEach(error -> err.println("kvs: " + error));
            return MISUSED;
        } catch (BindException e) {
            err.println("kvs: cannot listen: " + e.getMessage() + ". Another process may use the port; set port or bind_address");
            return FAILED;
        } catch (StoreException | Tls.TlsException e) {
            err.println("kvs: " + e.getMessage());
            return FAILED;
        } catch (IOException e) {
            err.println("kvs: " + (e.getClass() == IOException.class ? e.getMessage() : e.toString()));
            return FAILED;
        }
    }

    private int command(List<String> args) throws Arguments.MisuseException, ConfigException, StoreException, Tls.TlsException, IOException {
        List<String> behind = args.isEmpty() ? args : args.subList(1, args.size());
        switch (args.isEmpty() ? "" : args.get(0)) {
            case "--help", "-h" -> out.print(HELP);
            case "--version" -> out.println("kvs " + version());
            case "token" -> token(Arguments.parse(behind, Set.of("--user", "--scopes", "--ttl"), Set.of()));
            case "backup" -> backup(Arguments.parse(behind, Set.of(), Set.of()));
            case "restore" -> restore(Arguments.parse(behind, Set.of("--until"), Set.of("--keep-tokens")));
            case "verify" -> {
                return verify(Arguments.parse(behind, Set.of(), Set.of()));
            }
            case "verify-log" -> {
                return verifyLog(Arguments.parse(behind, Set.of("--head"), Set.of()));
            }
            default -> start(Arguments.parse(args, Set.of(), Set.of("--force-degraded")));
        }
        return 0;
    }

    private void start(Arguments arguments) throws Arguments.MisuseException, ConfigException, StoreException, Tls.TlsException, IOException {
        Optional<String> file = arguments.one("config file");
        Settings settings = settings(file);
        Log log = log(settings, Log.Level.DEBUG);
        if (file.isEmpty() && !Files.exists(Path.of(CONFIG))) {
            writeTemplate(log);
        }
        settings.warnings().forEach(log::warn);
        World world = world(settings, log, FileDisk.open(data(settings)));
        Node node = new Node(settings, world, arguments.has("--force-degraded"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node, log), "kvs-stop"));
        out.println("KVS " + version() + " serves " + node.url() + ", data in " + world.data().where() + ", cluster secret from "
                + node.secretFrom() + ". Try: curl " + node.url() + "/health");
        out.flush();
    }

    private static void stop(Node node, Log log) {
        log.info("stopping");
        node.close();
        log.info("stopped");
    }

    private Settings settings(Optional<String> file) throws Arguments.MisuseException, ConfigException, IOException {
        Path path = Path.of(file.orElse(CONFIG));
        if (file.isPresent() && !Files.isRegularFile(path)) {
            throw new Arguments.MisuseException("no file " + path);
        }
        String text = Files.isRegularFile(path) ? Files.readString(path, StandardCharsets.UTF_8) : "";
        return Settings.read(path.toString(), text, environment, machine(), BackupDuty::problem);
    }

    private static Path data(Settings settings) {
        return path(settings, "data_dir");
    }

    private static Path path(Settings settings, String key) {
        return Path.of(settings.text(key)).toAbsolutePath().normalize();
    }

    /** The log of what the settings want, but nothing below {@code least}. */
    private static Log log(Settings settings, Log.Level least) {
        Log.Level wanted = Log.Level.valueOf(settings.text("log_level").toUpperCase(Locale.ROOT));
        return Log.stderr(wanted.compareTo(least) < 0 ? least : wanted);
    }

    private World world(Settings settings, Log log, Disk data) {
        var machine = new World.Machine(machine(), version(), System.getProperty("user.home", "?"),
                Optional.ofNullable(environment.get("CREDENTIALS_DIRECTORY")));
        return new World(data, () -> FileDisk.open(data(settings).resolve(TAMPER)), () -> FileDisk.open(path(settings, "backup_path")), files,
                Clock.REAL, Dice.real(), log, SocketOwners.real(), machine, Footprint.real());
    }

    /** The commented file, for whoever looks for what can be set. That it cannot be written is no reason not to start. */
    private void writeTemplate(Log log) {
        try {
            files.create(CONFIG, Settings.template());
        } catch (IOException e) {
            log.warn("the commented " + CONFIG + " could not be written; the defaults hold", "why", e.toString());
        }
    }

    private void token(Arguments arguments) throws Arguments.MisuseException, ConfigException, StoreException, Tls.TlsException, IOException {
        var wish = TokenCommand.Wish.of(arguments.option("--user"), arguments.option("--scopes"), arguments.option("--ttl"));
        Settings settings = settings(arguments.one("config file"));
        if (!Files.isDirectory(data(settings))) {
            throw new IOException("there is no data directory " + data(settings) + ": name the config file of the node, or start it once");
        }
        World world = world(settings, log(settings, Log.Level.WARN), FileDisk.open(data(settings)));
        try (TokenDesk desk = TokenDesk.open(settings, world)) {
            new TokenCommand(out, err).run(wish, desk);
        }
    }

    private BackupCommand backups() {
        return new BackupCommand(out, err, System.console() != null);
    }

    private void backup(Arguments arguments) throws Arguments.MisuseException, IOException, StoreException {
        List<Path> two = fileAndDirectory(arguments);
        if (Files.exists(two.get(0))) {
            throw new IOException(two.get(0) + " exists: name a file that is not there");
        }
        FileDisk data = FileDisk.open(directory(two.get(1)));
        if (data.list().contains(Node.URL_FILE) && !Store.inUse(data)) {
            Node.forgetUrl(data);
        }
        backups().backup(doors(data), place(two.get(0)));
    }

    /** A directory that was made for this does not stay when nothing came into it. */
    private void restore(Arguments arguments) throws Arguments.MisuseException, IOException, StoreException {
        List<Path> two = fileAndDirectory(arguments);
        BackupCommand.Wish wish = BackupCommand.Wish.of(arguments.option("--until"), arguments.has("--keep-tokens"));
        BackupCommand.Place from = place(regular(two.get(0)));
        Path target = two.get(1).toAbsolutePath().normalize();
        boolean fresh = !Files.exists(target);
        if (!fresh) {
            try (Stream<Path> inside = Files.list(directory(target))) {
                Optional<Path> other = inside.filter(Files::isDirectory).findFirst();
                if (other.isPresent()) {
                    throw new IOException(target + " is not empty, " + other.get().getFileName() + " is in it");
                }
            }
        }
        FileDisk disk = durable(target);
        try {
            backups().restore(from, doors(disk), wish);
        } catch (IOException | StoreException e) {
            if (fresh && disk.list().isEmpty()) {
                Files.delete(target);
            }
            throw e;
        }
    }

    /** A directory that is made if need be, with those above it, so that a power cut does not take it away. */
    private static FileDisk durable(Path directory) throws IOException {
        List<Path> above = new ArrayList<>();
        for (Path at = directory; !Files.exists(at); at = at.getParent()) {
            above.add(at.getParent());
        }
        FileDisk disk = FileDisk.open(directory);
        for (Path parent : above) {
            FileDisk.open(parent).force();
        }
        return disk;
    }

    private static List<Path> fileAndDirectory(Arguments arguments) throws Arguments.MisuseException {
        if (arguments.rest().size() != 2) {
            throw new Arguments.MisuseException("a file and a data directory are wanted");
        }
        return arguments.rest().stream().map(Path::of).toList();
    }

    private static Doors doors(Disk data) {
        return new Doors(data, Clock.REAL, Dice.real(), Log.stderr(Log.Level.WARN));
    }

    /** The place of a file whose directory is there. */
    private static BackupCommand.Place place(Path file) throws Arguments.MisuseException, IOException {
        Path whole = file.toAbsolutePath().normalize();
        return new BackupCommand.Place(FileDisk.open(directory(whole.getParent())), whole.getFileName().toString());
    }

    private static Path regular(Path file) throws Arguments.MisuseException {
        if (!Files.isRegularFile(file)) {
            throw new Arguments.MisuseException("no file " + file);
        }
        return file;
    }

    private int verify(Arguments arguments) throws Arguments.MisuseException, IOException, StoreException {
        if (arguments.rest().size() == 1 && Files.isRegularFile(Path.of(arguments.rest().get(0)))) {
            backups().verify(place(Path.of(arguments.rest().get(0))));
            return 0;
        }
        Path directory = directory(arguments, 1);
        var result = Verification.run(FileDisk.open(directory), finding -> out.println((finding.fault() ? "FAULT  " : "note   ") + finding.text()));
        out.println((result.sound() ? "sound: " : "FAULTY: ") + result.keys() + " keys in " + result.records() + " records, "
                + result.segments() + " segments, " + result.bytes() + " bytes");
        return result.sound() ? 0 : FAILED;
    }

    private int verifyLog(Arguments arguments) throws Arguments.MisuseException, ConfigException, IOException {
        Path given = directory(arguments, 2);
        Optional<TamperCheck.Anchor> anchor = Optional.empty();
        if (arguments.option("--head").isPresent()) {
            anchor = Optional.of(TamperCheck.Anchor.parse(arguments.option("--head").get()).orElseThrow(() -> new Arguments.MisuseException(
                    "--head is a line number, a colon and 64 hex digits, as the command itself and GET /admin/tamper-log print it")));
        }
        Settings settings = settings(arguments.rest().stream().skip(1).findFirst());
        Path log = Files.isDirectory(given.resolve(TAMPER)) ? given.resolve(TAMPER) : given;
        World world = world(settings, log(settings, Log.Level.WARN), FileDisk.open(log.equals(given) ? given.toAbsolutePath().getParent() : given));
        List<byte[]> secrets = world.existingSecret(settings).map(ClusterSecret.Found::secrets).orElse(List.of());
        return new VerifyLogCommand(out).run(FileDisk.open(log), secrets, anchor) ? 0 : FAILED;
    }

    private static Path directory(Arguments arguments, int most) throws Arguments.MisuseException {
        if (arguments.rest().isEmpty() || arguments.rest().size() > most) {
            throw new Arguments.MisuseException("the data directory is wanted" + (most > 1 ? ", and at most a config file" : " and nothing else"));
        }
        return directory(Path.of(arguments.rest().get(0)));
    }

    private static Path directory(Path directory) throws Arguments.MisuseException {
        if (!Files.isDirectory(directory)) {
            throw new Arguments.MisuseException("no directory " + directory);
        }
        return directory;
    }

    private static String version() {
        return Optional.ofNullable(Main.class.getPackage().getImplementationVersion()).orElse("development");
    }

    private String machine() {
        try {
            return Optional.ofNullable(environment.get("HOSTNAME")).filter(name -> !name.isBlank()).orElse(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
