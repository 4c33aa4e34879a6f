package kvs;

import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import kvs.config.ConfigException;
import kvs.config.Settings;
import kvs.http.JdkServer;
import kvs.store.StoreException;
import kvs.store.Verification;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.FileDisk;
import kvs.world.Log;

/** The program: arguments to exit status. 0 all is well, 1 it could not be done or faults were found, 2 wrong arguments or settings. */
public final class Main {

    private static final int FAILED = 1;
    private static final int MISUSED = 2;
    private static final String CONFIG = "config.yaml";
    private static final String HELP = """
            KVS, a key-value store for JSON documents.

              java -jar kvs.jar [config.yaml]      start a node; without a file it reads ./config.yaml, written at the first start
                  --force-degraded                 start although parts of the log are missing
              java -jar kvs.jar verify DATA_DIR    walk every byte of a stopped node's data, list every fault; exit status 1 when there is one
              java -jar kvs.jar --version
              java -jar kvs.jar --help

            Every setting can be given as an environment variable too: KVS_PORT=8081. Stop a node by SIGTERM or Ctrl-C.
            """;

    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;

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
        String first = args.isEmpty() ? "" : args.get(0);
        try {
            if (first.equals("--help") || first.equals("-h")) {
                out.print(HELP);
                return 0;
            }
            if (first.equals("--version")) {
                out.println("kvs " + version());
                return 0;
            }
            if (first.equals("verify")) {
                return args.size() == 2 ? verify(Path.of(args.get(1))) : misused("verify takes one argument, the data directory");
            }
            List<String> files = new ArrayList<>(args);
            boolean force = files.remove("--force-degraded");
            Optional<String> option = files.stream().filter(arg -> arg.startsWith("-")).findFirst();
            if (option.isPresent() || files.size() > 1) {
                return misused(option.map(o -> "unknown option " + o).orElse("one config file is taken"));
            }
            return start(files.stream().findFirst(), force);
        } catch (ConfigException e) {
            e.errors().forEach(error -> err.println("kvs: " + error));
            return MISUSED;
        } catch (StoreException | IOException e) {
            err.println("kvs: " + (e instanceof BindException ? "cannot listen: " + e.getMessage() + ". Another process may use the port; set port"
                    + " or bind_address" : e instanceof StoreException ? e.getMessage() : e.toString()));
            return FAILED;
        }
    }

    private int misused(String what) {
        err.println("kvs: " + what + "\n\n" + HELP);
        return MISUSED;
    }

    private int start(Optional<String> file, boolean force) throws ConfigException, StoreException, IOException {
        String machine = machine();
        Path path = Path.of(file.orElse(CONFIG));
        if (file.isPresent() && !Files.isRegularFile(path)) {
            return misused("no file " + path);
        }
        String text = Files.isRegularFile(path) ? Files.readString(path, StandardCharsets.UTF_8) : "";
        Settings settings = Settings.read(path.toString(), text, environment, machine);
        Log log = Log.stderr(Log.Level.valueOf(settings.text("log_level").toUpperCase(Locale.ROOT)));
        if (!Files.exists(path)) {
            writeTemplate(log);
        }
        settings.warnings().forEach(log::warn);
        Path data = Path.of(settings.text("data_dir")).toAbsolutePath().normalize();
        var world = new Node.World(FileDisk.open(data), Clock.REAL, Dice.real(), log, machine, version());
        Node node = new Node(settings, world, force);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node, log), "kvs-stop"));
        greet(node.address(), data);
        return 0;
    }

    private static void stop(Node node, Log log) {
        log.info("stopping");
        node.close();
        log.info("stopped");
    }

    private void greet(InetSocketAddress address, Path data) {
        String host = address.getAddress().isAnyLocalAddress() ? "localhost" : address.getAddress().getHostAddress();
        String url = "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
        out.println("KVS " + version() + " serves " + url + ", data in " + data + ". Try: curl -X PUT " + url + "/kv/hello -d '\"world\"'");
        out.flush();
    }

    /** The commented file, for whoever looks for what can be set. That it cannot be written is no reason not to start. */
    private static void writeTemplate(Log log) {
        try {
            Disk here = FileDisk.open(Path.of("").toAbsolutePath());
            try (DiskFile file = here.open(CONFIG, Disk.Mode.CREATE)) {
                file.write(ByteBuffer.wrap(Settings.template().getBytes(StandardCharsets.UTF_8)), 0);
                file.force();
            }
        } catch (IOException e) {
            log.warn("the commented " + CONFIG + " could not be written; the defaults hold", "why", e.toString());
        }
    }

    private int verify(Path directory) throws IOException, StoreException {
        if (!Files.isDirectory(directory)) {
            return misused("no directory " + directory);
        }
        var result = Verification.run(FileDisk.open(directory), finding -> out.println((finding.fault() ? "FAULT  " : "note   ") + finding.text()));
        out.println((result.sound() ? "sound: " : "FAULTY: ") + result.keys() + " keys in " + result.records() + " records, "
                + result.segments() + " segments, " + result.bytes() + " bytes");
        return result.sound() ? 0 : FAILED;
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
