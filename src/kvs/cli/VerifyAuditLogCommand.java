package kvs.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.audit.AuditAnchorKeeper;
import kvs.audit.AuditVerification;
import kvs.client.ClusterClient;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OptionSpec;
import kvs.command.ValueType;
import kvs.config.ConfigException;
import kvs.config.Settings;
import kvs.log.UnusableDirectoryException;
import kvs.node.AccessWiring;
import kvs.node.Environment;
import kvs.peer.ClusterSecretLoader;
import kvs.recovery.StoreNotesReader;
import kvs.tls.TlsContexts;
import kvs.world.Disk;
import kvs.world.FailureText;
import kvs.world.FileDisk;
import kvs.world.Logger;
import kvs.world.PathCheck;

/**
 * The command {@code verify-log}: reads a whole audit log and names the first line that is not as it was
 * written. It changes nothing.
 */
final class VerifyAuditLogCommand implements LocalCommand {

    private final Invocation invocation;
    private final PrintStream out;

    VerifyAuditLogCommand(Invocation invocation) {
        this.invocation = invocation;
        this.out = invocation.out();
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("verify-log", "check the tamper log and name the first changed line")
                .form(ArgumentSpec.of("DATA_DIR", ValueType.DIRECTORY, "the data directory, or the log in"
                        + " it"),
                        ArgumentSpec.of("CONFIG", ValueType.FILE, "the settings of the node").optional())
                .option(OptionSpec.of("--head", ValueType.TEXT, "a head that was noted elsewhere: proves"
                        + " that no"
                        + " line up to it was removed or replaced").shown("SEQ:HASH"))
                .option(OptionSpec.of("--against", ValueType.URL,
                        "compare with the heads that this node and its"
                        + " members remember").repeated())
                .example("kvs verify-log data", "the log of a node")
                .status(ExitStatus.FAILED, "failed, or a line was changed")
                .build();
    }

    @Override
    public ExitStatus runHere(Arguments arguments)
            throws MisuseException, ConfigException, TlsContexts.TlsException, IOException {
        Path given = NodeEnvironments.directory(arguments, 0);
        List<AuditVerification.WitnessReport> witnesses = noted(arguments.option("--head"));
        NodeEnvironments environments = new NodeEnvironments(invocation);
        Settings settings = environments.settings(arguments.maybe(1));
        boolean nodes = PathCheck.isDirectory(given.resolve(NodeEnvironments.AUDIT))
                || PathCheck.exists(given.resolve("MANIFEST"));
        Path log = PathCheck.isDirectory(given.resolve(NodeEnvironments.AUDIT))
                ? given.resolve(NodeEnvironments.AUDIT) : given;
        Disk data = FileDisk.open(nodes ? given : given.toAbsolutePath().getParent());
        Environment environment = environments.environment(settings, environments.log(settings,
                Logger.Level.WARN),
                data, NodeEnvironments.data(settings));
        List<byte[]> secrets = environment.existingSecret(settings)
                .map(ClusterSecretLoader.LoadedSecrets::secrets).orElse(List.of());
        store(data).ifPresent(witnesses::add);
        for (String url : arguments.all("--against")) {
            try (ClusterClient client = NodeSessionFactory.session(invocation, settings, url)
                    .client(invocation, arguments)) {
                witnesses.addAll(members(data, client));
            }
        }
        return run(FileDisk.open(log), secrets, witnesses) ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    /** The anchor that {@code --head} names. */
    private static List<AuditVerification.WitnessReport> noted(Optional<String> head)
            throws MisuseException {
        if (head.isEmpty()) {
            return new ArrayList<>();
        }
        AuditVerification.Anchor anchor = AuditVerification.Anchor.parse(head.get())
                .orElseThrow(() -> new MisuseException("--head must be a line number, a colon and"
                        + " 64 hex digits, as in the output of this command and of GET /admin/tamper-log"));
        return new ArrayList<>(List.of(new AuditVerification.WitnessReport(anchor, "--head")));
    }

    /** The anchor that the store of a directory keeps of its log; prints a note when that cannot be read. */
    private Optional<AuditVerification.WitnessReport> store(Disk data) throws IOException {
        try {
            return StoreNotesReader.read(data).flatMap(AuditAnchorKeeper::of)
                    .map(anchor -> new AuditVerification.WitnessReport(anchor, "the store"));
        } catch (UnusableDirectoryException e) {
            out.println("note   the store's copy of the head is unreadable: " + FailureText.text(e)
                    + "; /health of the node lists the problems");
            return Optional.empty();
        }
    }

    /** The anchors that the cluster of the node behind {@code client} keeps of the log of a directory. */
    private List<AuditVerification.WitnessReport> members(Disk data, ClusterClient client)
            throws IOException {
        UUID origin = StoreNotesReader.origin(data)
                .orElseThrow(() -> new IOException(data.where() + " is not a data directory: --against"
                        + " compares the log of a data directory with the heads that members remember"));
        List<AuditVerification.WitnessReport> witnesses = WitnessClient.ask(client, origin);
        if (witnesses.isEmpty()) {
            out.println("note   the members remember no head of this log: it is new,"
                    + " or this directory has begun a new life");
        }
        return witnesses;
    }

    /**
     * Whether the log is as it was written. Without {@code secrets} of the cluster the seals are not checked.
     */
    private boolean run(Disk directory, List<byte[]> secrets, List<AuditVerification.WitnessReport> witnesses)
            throws IOException {
        AuditVerification.Result result = AuditVerification.run(directory,
                AccessWiring.auditKeys(secrets), witnesses);
        if (result.files() == 0 && result.fault().isEmpty()) {
            throw new IOException("there is no tamper log in " + directory.where());
        }
        result.notes().forEach(note -> out.println("note   " + note));
        result.fault().ifPresent(fault -> out.println("FAULT  " + fault));
        out.println((result.fault().isEmpty() ? "sound: " : "FAULTY after ") + result.lines() + " lines in "
                + result.files() + " files, head " + result.head());
        return result.fault().isEmpty();
    }
}
