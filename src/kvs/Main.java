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
import kvs.audit.AuditVerification;
import kvs.cli.AccountAdmin;
import kvs.cli.Arguments;
import kvs.cli.BackupCommand;
import kvs.cli.HelpText;
import kvs.cli.RestampCommand;
import kvs.cli.StartupMessage;
import kvs.cli.TokenCommand;
import kvs.cli.TransferCommand;
import kvs.cli.VerifyLogCommand;
import kvs.cluster.ClusterSecretLoader;
import kvs.config.ConfigException;
import kvs.config.Settings;
import kvs.gateway.JdkEngine;
import kvs.log.StorageEnvironment;
import kvs.log.UnusableDirectoryException;
import kvs.node.BackupWiring;
import kvs.node.Environment;
import kvs.node.LocalNodes;
import kvs.node.Node;
import kvs.server.TlsContexts;
import kvs.store.DirectoryVerification;
import kvs.store.Store;
import kvs.transfer.Export;
import kvs.transfer.Import;
import kvs.transfer.NodeClient;
import kvs.transfer.PathRenames;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.Disk;
import kvs.world.FailureText;
import kvs.world.FileDisk;
import kvs.world.LocalFiles;
import kvs.world.Logger;
import kvs.world.NativeEncodingCheck;
import kvs.world.ProcessUsage;
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
        int status = new Main(Logger.utf8(FileDescriptor.out), Logger.utf8(FileDescriptor.err), System.getenv()).run(List.of(args));
        if (status != 0) {
            System.exit(status);
        }
    }

    private int run(List<String> args) {
        try {
            NativeEncodingCheck.check(args, environment, System.getProperty("user.dir"));
            return command(args);
        } catch (InvalidPathException e) {
            err.println("kvs: " + NativeEncodingCheck.unusable(e));
            return MISUSED;
        } catch (Arguments.MisuseException e) {
            err.println("kvs: " + FailureText.text(e) + "\nkvs: java -jar kvs.jar --help lists the commands and their arguments");
            return MISUSED;
        } catch (ConfigException e) {
            e.errors().forEach(error -> err.println("kvs: " + error));
            return MISUSED;
        } catch (BindException e) {
            err.println("kvs: cannot listen: " + FailureText.text(e) + ". Another process may use the port; set port or bind_address");
            return FAILED;
        } catch (UnusableDirectoryException | TlsContexts.TlsException e) {
            err.println("kvs: " + FailureText.text(e));
            return FAILED;
        } catch (IOException e) {
            err.println("kvs: " + FailureText.text(e));
            return FAILED;
        }
    }

    private int command(List<String> args) throws Arguments.MisuseException, ConfigException, UnusableDirectoryException, TlsContexts.TlsException, IOException {
        List<String> behind = args.isEmpty() ? args : args.subList(1, args.size());
        switch (args.isEmpty() ? "" : args.get(0)) {
            case "--help", "-h" -> out.print(HelpText.TEXT);
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

    private void start(Arguments arguments) throws Arguments.MisuseException, ConfigException, UnusableDirectoryException, TlsContexts.TlsException, IOException {
        Optional<String> file = arguments.one("config file");
        Settings settings = settings(file);
        Logger log = log(settings, Logger.Level.DEBUG);
        if (file.isEmpty() && !Files.exists(Path.of(CONFIG))) {
            writeTemplate(log);
        }
        settings.warnings().forEach(log::warn);
        Environment world = world(settings, log, FileDisk.open(data(settings)));
        Node node = new Node(settings, world, arguments.has("--force-degraded"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node, log), "kvs-stop"));
        new StartupMessage(out, terminal()).write(settings, node, world);
    }

    /** Whether a person looks. */
    private static boolean terminal() {
        return System.console() != null;
    }

    private static void stop(Node node, Logger log) {
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
        return Settings.read(path.toString(), text, given, machine(), BackupWiring::problem);
    }

    private static Path data(Settings settings) {
        return path(settings, "data_dir");
    }

    private static Path path(Settings settings, String key) {
        return Path.of(settings.text(key)).toAbsolutePath().normalize();
    }

    /** The log of what the settings want, but nothing below {@code least}. */
    private static Logger log(Settings settings, Logger.Level least) {
        Logger.Level wanted = Logger.Level.valueOf(settings.text("log_level").toUpperCase(Locale.ROOT));
        return Logger.stderr(wanted.compareTo(least) < 0 ? least : wanted);
    }

    /** The world of a node whose directory is that of its settings. */
    private Environment world(Settings settings, Logger log, Disk data) {
        return world(log, data, data(settings), path(settings, "backup_path"));
    }

    private Environment world(Logger log, Disk data, Path directory, Path backups) {
        var machine = new Environment.MachineFacts(machine(), version(), HOME,
                Optional.ofNullable(environment.get("CREDENTIALS_DIRECTORY")));
        return new Environment(data, () -> FileDisk.open(directory.resolve(TAMPER)), () -> FileDisk.open(backups), files, Clock.REAL,
                Dice.real(), log, SocketOwners.real(), machine, ProcessUsage.real());
    }

    /** The commented file, for whoever looks for what can be set. That it cannot be written is no reason not to start. */
    private void writeTemplate(Logger log) {
        try {
            files.create(CONFIG, Settings.template());
        } catch (IOException e) {
            log.warn("the commented " + CONFIG + " could not be written; the defaults hold", "why", FailureText.text(e));
        }
    }

    private void token(Arguments arguments) throws Arguments.MisuseException, ConfigException, UnusableDirectoryException, TlsContexts.TlsException, IOException {
        var wish = TokenCommand.TokenCommandOptions.of(arguments.option("--user"), arguments.option("--scopes"), arguments.option("--ttl"));
        Settings settings = settings(arguments.one("config file"));
        Path directory = Files.isDirectory(data(settings)) ? data(settings) : Path.of(new LocalNodes(files, HOME).only(data(settings), err));
        Environment world = world(log(settings, Logger.Level.WARN), FileDisk.open(directory), directory, path(settings, "backup_path"));
        try (AccountAdmin desk = AccountAdmin.open(settings, world)) {
            new TokenCommand(out, err).run(wish, desk);
        }
    }

    private int export(Arguments arguments) throws Arguments.MisuseException, ConfigException, UnusableDirectoryException, TlsContexts.TlsException, IOException {
        List<String> names = names(arguments, "a source and a file are wanted, and at most a config file");
        var query = new Export.ExportOptions(arguments.option("--prefix").orElse(""), arguments.has("--metadata"));
        Optional<TransferCommand.FileLocation> file = place(names.get(1));
        if (file.isPresent() && Files.isDirectory(Path.of(names.get(1)))) {
            throw new Arguments.MisuseException(names.get(1) + " is a directory: name a file");
        }
        return transfer(arguments).export(names.get(0), query, file) ? 0 : FAILED;
    }

    private int take(Arguments arguments) throws Arguments.MisuseException, ConfigException, UnusableDirectoryException, TlsContexts.TlsException, IOException {
        List<String> names = names(arguments, "a file and a target are wanted, and at most a config file");
        PathRenames renames;
        try {
            renames = PathRenames.of(arguments.all("--rename"));
        } catch (IllegalArgumentException e) {
            throw new Arguments.MisuseException("--rename: " + FailureText.text(e));
        }
        Optional<TransferCommand.FileLocation> file = place(names.get(0));
        if (file.isPresent() && !Files.isRegularFile(Path.of(names.get(0)))) {
            throw new Arguments.MisuseException("no file " + names.get(0) + "; - reads the standard input");
        }
        return transfer(arguments).take(file, names.get(1), new Import.ImportOptions(arguments.has("--metadata"), renames)) ? 0 : FAILED;
    }

    private static List<String> names(Arguments arguments, String wanted) throws Arguments.MisuseException {
        if (arguments.rest().size() < 2 || arguments.rest().size() > 3) {
            throw new Arguments.MisuseException(wanted);
        }
        return arguments.rest();
    }

    /** Where a file is; empty for the standard streams. */
    private static Optional<TransferCommand.FileLocation> place(String name) throws Arguments.MisuseException, IOException {
        Path file = Path.of(name).toAbsolutePath().normalize();
        if (name.equals(TransferCommand.STANDARD)) {
            return Optional.empty();
        }
        if (file.getFileName() == null || !Files.isDirectory(file.getParent())) {
            throw new Arguments.MisuseException("no directory for the file " + name);
        }
        return Optional.of(new TransferCommand.FileLocation(FileDisk.open(file.getParent()), file.getFileName().toString()));
    }

    private TransferCommand transfer(Arguments arguments) throws Arguments.MisuseException, ConfigException, IOException {
        return transfer(settings(arguments.rest().stream().skip(2).findFirst()));
    }

    private TransferCommand transfer(Settings settings) throws Arguments.MisuseException, IOException {
        Logger log = log(settings, Logger.Level.WARN);
        var streams = new TransferCommand.StandardStreams(System.in, new FileOutputStream(FileDescriptor.out), err, terminal());
        return new TransferCommand(settings, name -> {
            Path directory = Path.of(name).toAbsolutePath().normalize();
            return !Files.isDirectory(directory) ? Optional.empty()
                    : Optional.of(world(log, FileDisk.open(directory), directory, path(settings, "backup_path")));
        }, streams, TransferCommand.token(environment));
    }

    private BackupCommand backups() {
        return new BackupCommand(out, err, terminal());
    }

    private void backup(Arguments arguments) throws Arguments.MisuseException, IOException, UnusableDirectoryException {
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
    private void restore(Arguments arguments) throws Arguments.MisuseException, IOException, UnusableDirectoryException {
        List<Path> two = fileAndDirectory(arguments);
        BackupCommand.RestoreCommandOptions wish = BackupCommand.RestoreCommandOptions.of(arguments.option("--until"), arguments.has("--keep-tokens"));
        BackupCommand.FileLocation from = place(regular(two.get(0)));
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
        } catch (IOException | UnusableDirectoryException e) {
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

    private static StorageEnvironment doors(Disk data) {
        return new StorageEnvironment(data, Clock.REAL, Dice.real(), Logger.stderr(Logger.Level.WARN));
    }

    /** The place of a file whose directory is there. */
    private static BackupCommand.FileLocation place(Path file) throws Arguments.MisuseException, IOException {
        Path whole = file.toAbsolutePath().normalize();
        return new BackupCommand.FileLocation(FileDisk.open(directory(whole.getParent())), whole.getFileName().toString());
    }

    private static Path regular(Path file) throws Arguments.MisuseException {
        if (!Files.isRegularFile(file)) {
            throw new Arguments.MisuseException("no file " + file);
        }
        return file;
    }

    private int restamp(Arguments arguments) throws Arguments.MisuseException, IOException, UnusableDirectoryException {
        StorageEnvironment data = doors(FileDisk.open(directory(arguments, 1)));
        return new RestampCommand(out, err, System.console() != null).run(data, arguments.has("--dry-run")) ? 0 : FAILED;
    }

    private int verify(Arguments arguments) throws Arguments.MisuseException, IOException, UnusableDirectoryException {
        if (arguments.rest().size() == 1 && Files.isRegularFile(Path.of(arguments.rest().get(0)))) {
            backups().verify(place(Path.of(arguments.rest().get(0))));
            return 0;
        }
        Path directory = directory(arguments, 1);
        var result = DirectoryVerification.run(FileDisk.open(directory), finding -> out.println((finding.fault() ? "FAULT  " : "note   ") + finding.text()));
        out.println((result.sound() ? "sound: " : "FAULTY: ") + result.keys() + " keys in " + result.records() + " records, "
                + result.segments() + " segments, " + result.bytes() + " bytes");
        return result.sound() ? 0 : FAILED;
    }

    private int verifyLog(Arguments arguments) throws Arguments.MisuseException, ConfigException, TlsContexts.TlsException, IOException {
        Path given = directory(arguments, 2);
        List<AuditVerification.Witness> witnesses = VerifyLogCommand.noted(arguments.option("--head"));
        Settings settings = settings(arguments.rest().stream().skip(1).findFirst());
        boolean whole = Files.isDirectory(given.resolve(TAMPER)) || Files.exists(given.resolve("MANIFEST"));
        Path log = Files.isDirectory(given.resolve(TAMPER)) ? given.resolve(TAMPER) : given;
        Disk data = FileDisk.open(whole ? given : given.toAbsolutePath().getParent());
        Environment world = world(settings, log(settings, Logger.Level.WARN), data);
        List<byte[]> secrets = world.existingSecret(settings).map(ClusterSecretLoader.LoadedSecrets::secrets).orElse(List.of());
        VerifyLogCommand command = new VerifyLogCommand(out);
        command.store(data).ifPresent(witnesses::add);
        for (String url : arguments.all("--against")) {
            try (NodeClient wire = transfer(settings).wire(url)) {
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
