package kvs;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import kvs.auth.ClusterSecret;
import kvs.config.ConfigException;
import kvs.config.Settings;
import kvs.http.JdkEngine;
import kvs.http.Tls;
import kvs.ops.TamperCheck;
import kvs.store.Doors;
import kvs.store.Store;
import kvs.store.StoreException;
import kvs.store.Verification;
import kvs.transfer.Export;
import kvs.transfer.Import;
import kvs.transfer.Renames;
import kvs.transfer.Wire;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.Disk;
import kvs.world.Failures;
import kvs.world.FileDisk;
import kvs.world.Footprint;
import kvs.world.LocalFiles;
import kvs.world.Log;
import kvs.world.NativeNames;
import kvs.world.RealLocalFiles;
import kvs.world.SocketOwners;

/** The program: arguments to exit status. 0 all is well, 1 it could not be done or faults were found, 2 wrong arguments or settings. */
public final class Main {

    private static final int FAILED = 1;
    private static final int MISUSED = 2;
    private static final String CONFIG = "config.yaml";
    private static final String HOME = System.getProperty("user.home", "?");
    private static final String TAMPER = "tamper";

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
        JdkEngine.PROPERTIES.forEach(System::setProperty);
        // From JDK 22 on there is a console without a terminal too, unless this is said.
        System.setProperty("jdk.console", "java.base");
        int status = new Main(Log.utf8(FileDescriptor.out), Log.utf8(FileDescriptor.err), System.getenv()).run(List.of(args));
        if (status != 0) {
            System.exit(status);
        }
    }

    private int run(List<String> args) {
        try {
            NativeNames.check(args, environment, System.getProperty("user.dir"));
            return command(args);
        } catch (InvalidPathException e) {
            err.println("kvs: " + NativeNames.unusable(e));
            return MISUSED;
        } catch (Arguments.MisuseException e) {
            err.println("kvs: " + Failures.text(e) + "\nkvs: java -jar kvs.jar --help lists the commands and their arguments");
            return MISUSED;
        } catch (ConfigException e) {
            e.errors().forEach(error -> err.println("kvs: " + error));
            return MISUSED;
        } catch (BindException e) {
            err.println("kvs: cannot listen: " + Failures.text(e) + ". Another process may use the port; set port or bind_address");
            return FAILED;
        } catch (StoreException | Tls.TlsException e) {
            err.println("kvs: " + Failures.text(e));
            return FAILED;
        } catch (IOException e) {
            err.println("kvs: " + Failures.text(e));
            return FAILED;
        }
    }

    private int command(List<String> args) throws Arguments.MisuseException, ConfigException, StoreException, Tls.TlsException, IOException {
        List<String> behind = args.isEmpty() ? args : args.subList(1, args.size());
        switch (args.isEmpty() ? "" : args.get(0)) {
            case "--help", "-h" -> out.print(Help.TEXT);
            case "--version" -> out.println("kvs " + version());
            case "token" -> token(Arguments.parse(behind, Set.of("--user", "--scopes", "--ttl"), Set.of()));
            case "export" -> {
                return export(Arguments.parse(behind, Set.of("--prefix"), Set.of("--metadata")));
            }
            case "import" -> {
                return take(Arguments.parse(behind, Set.of("--rename"), Set.of("--metadata"), Set.of("--rename")));
            }
            case "backup" -> backup(Arguments.parse(behind, Set.of(), Set.of()));
            case "restore" -> restore(Arguments.parse(behind, Set.of("--until"), Set.of("--keep-tokens")));
            case "restamp" -> {
                return restamp(Arguments.parse(behind, Set.of(), Set.of("--dry-run")));
            }
            case "verify" -> {
                return verify(Arguments.parse(behind, Set.of(), Set.of()));
            }
            case "verify-log" -> {
                return verifyLog(Arguments.parse(behind, Set.of("--head", "--against"), Set.of(), Set.of("--against")));
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
        new StartedLine(out, terminal()).write(settings, node, world);
    }

    /** Whether a person looks. */
    private static boolean terminal() {
        return System.console() != null;
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
        String text = Files.isRegularFile(path) ? files.text(path.toString()).orElse("") : "";
        Map<String, String> given = new HashMap<>(environment);
        given.remove(TransferCommand.TOKEN);
        return Settings.read(path.toString(), text, given, machine(), BackupDuty::problem);
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

    /** The world of a node whose directory is that of its settings. */
    private World world(Settings settings, Log log, Disk data) {
        return world(log, data, data(settings), path(settings, "backup_path"));
    }

    private World world(Log log, Disk data, Path directory, Path backups) {
        var machine = new World.Machine(machine(), version(), HOME,
                Optional.ofNullable(environment.get("CREDENTIALS_DIRECTORY")));
        return new World(data, () -> FileDisk.open(directory.resolve(TAMPER)), () -> FileDisk.open(backups), files, Clock.REAL,
                Dice.real(), log, SocketOwners.real(), machine, Footprint.real());
    }

    /** The commented file, for whoever looks for what can be set. That it cannot be written is no reason not to start. */
    private void writeTemplate(Log log) {
        try {
            files.create(CONFIG, Settings.template());
        } catch (IOException e) {
            log.warn("the commented " + CONFIG + " could not be written; the defaults hold", "why", Failures.text(e));
        }
    }

    private void token(Arguments arguments) throws Arguments.MisuseException, ConfigException, StoreException, Tls.TlsException, IOException {
        var wish = TokenCommand.Wish.of(arguments.option("--user"), arguments.option("--scopes"), arguments.option("--ttl"));
        Settings settings = settings(arguments.one("config file"));
        Path directory = Files.isDirectory(data(settings)) ? data(settings) : Path.of(new LocalNodes(files, HOME).only(data(settings), err));
        World world = world(log(settings, Log.Level.WARN), FileDisk.open(directory), directory, path(settings, "backup_path"));
        try (TokenDesk desk = TokenDesk.open(settings, world)) {
            new TokenCommand(out, err).run(wish, desk);
        }
    }

    private int export(Arguments arguments) throws Arguments.MisuseException, ConfigException, StoreException, Tls.TlsException, IOException {
        List<String> names = names(arguments, "a source and a file are wanted, and at most a config file");
        var query = new Export.Query(arguments.option("--prefix").orElse(""), arguments.has("--metadata"));
        Optional<TransferCommand.Place> file = place(names.get(1));
        if (file.isPresent() && Files.isDirectory(Path.of(names.get(1)))) {
            throw new Arguments.MisuseException(names.get(1) + " is a directory: name a file");
        }
        return transfer(arguments).export(names.get(0), query, file) ? 0 : FAILED;
    }

    private int take(Arguments arguments) throws Arguments.MisuseException, ConfigException, StoreException, Tls.TlsException, IOException {
        List<String> names = names(arguments, "a file and a target are wanted, and at most a config file");
        Renames renames;
        try {
            renames = Renames.of(arguments.all("--rename"));
        } catch (IllegalArgumentException e) {
            throw new Arguments.MisuseException("--rename: " + Failures.text(e));
        }
        Optional<TransferCommand.Place> file = place(names.get(0));
        if (file.isPresent() && !Files.isRegularFile(Path.of(names.get(0)))) {
            throw new Arguments.MisuseException("no file " + names.get(0) + "; - reads the standard input");
        }
        return transfer(arguments).take(file, names.get(1), new Import.Plan(arguments.has("--metadata"), renames)) ? 0 : FAILED;
    }

    private static List<String> names(Arguments arguments, String wanted) throws Arguments.MisuseException {
        if (arguments.rest().size() < 2 || arguments.rest().size() > 3) {
            throw new Arguments.MisuseException(wanted);
        }
        return arguments.rest();
    }

    /** Where a file is; empty for the standard streams. */
    private static Optional<TransferCommand.Place> place(String name) throws Arguments.MisuseException, IOException {
        Path file = Path.of(name).toAbsolutePath().normalize();
        if (name.equals(TransferCommand.STANDARD)) {
            return Optional.empty();
        }
        if (file.getFileName() == null || !Files.isDirectory(file.getParent())) {
            throw new Arguments.MisuseException("no directory for the file " + name);
        }
        return Optional.of(new TransferCommand.Place(FileDisk.open(file.getParent()), file.getFileName().toString()));
    }

    private TransferCommand transfer(Arguments arguments) throws Arguments.MisuseException, ConfigException, IOException {
        return transfer(settings(arguments.rest().stream().skip(2).findFirst()));
    }

    private TransferCommand transfer(Settings settings) throws Arguments.MisuseException, IOException {
        Log log = log(settings, Log.Level.WARN);
        var streams = new TransferCommand.Streams(System.in, new FileOutputStream(FileDescriptor.out), err, terminal());
        return new TransferCommand(settings, name -> {
            Path directory = Path.of(name).toAbsolutePath().normalize();
            return !Files.isDirectory(directory) ? Optional.empty()
                    : Optional.of(world(log, FileDisk.open(directory), directory, path(settings, "backup_path")));
        }, streams, TransferCommand.token(environment));
    }

    private BackupCommand backups() {
        return new BackupCommand(out, err, terminal());
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
        FileDisk disk = FileDisk.make(target);
        try {
            backups().restore(from, doors(disk), wish);
        } catch (IOException | StoreException e) {
            if (fresh && disk.list().isEmpty()) {
                Files.delete(target);
            }
            throw e;
        }
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

    private int restamp(Arguments arguments) throws Arguments.MisuseException, IOException, StoreException {
        Doors data = doors(FileDisk.open(directory(arguments, 1)));
        return new RestampCommand(out, err, System.console() != null).run(data, arguments.has("--dry-run")) ? 0 : FAILED;
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

    private int verifyLog(Arguments arguments) throws Arguments.MisuseException, ConfigException, Tls.TlsException, IOException {
        Path given = directory(arguments, 2);
        List<TamperCheck.Witness> witnesses = VerifyLogCommand.noted(arguments.option("--head"));
        Settings settings = settings(arguments.rest().stream().skip(1).findFirst());
        boolean whole = Files.isDirectory(given.resolve(TAMPER)) || Files.exists(given.resolve("MANIFEST"));
        Path log = Files.isDirectory(given.resolve(TAMPER)) ? given.resolve(TAMPER) : given;
        Disk data = FileDisk.open(whole ? given : given.toAbsolutePath().getParent());
        World world = world(settings, log(settings, Log.Level.WARN), data);
        List<byte[]> secrets = world.existingSecret(settings).map(ClusterSecret.Found::secrets).orElse(List.of());
        VerifyLogCommand command = new VerifyLogCommand(out);
        command.store(data).ifPresent(witnesses::add);
        for (String url : arguments.all("--against")) {
            try (Wire wire = transfer(settings).wire(url)) {
                witnesses.addAll(command.members(data, wire));
            }
        }
        return command.run(FileDisk.open(log), secrets, witnesses) ? 0 : FAILED;
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
