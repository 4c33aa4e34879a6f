package kvs.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import kvs.client.ClientRequest;
import kvs.client.ClusterClient;
import kvs.client.NodeSelection;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.DigestWords;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.Style;
import kvs.command.ValueType;
import kvs.config.ConfigException;
import kvs.config.Settings;
import kvs.json.JsonWriter;
import kvs.log.UnusableDirectoryException;
import kvs.model.Key;
import kvs.model.Version;
import kvs.node.AccessWiring;
import kvs.node.Environment;
import kvs.node.OfflineNode;
import kvs.proof.AuditEvidence;
import kvs.proof.AuditState;
import kvs.proof.KnownHeads;
import kvs.proof.Proof;
import kvs.proof.ProofKey;
import kvs.proof.ProofKeyFile;
import kvs.proof.RejectedProofException;
import kvs.recovery.StoreNotes;
import kvs.store.Store;
import kvs.transfer.AtomicFileOutput;
import kvs.tree.Entry;
import kvs.world.Clock;
import kvs.world.FailureText;
import kvs.world.FileDisk;
import kvs.world.Logger;
import kvs.world.PathCheck;

/** The command {@code prove}: writes a document of a node to a file that proves what it was. */
final class ProveCommand implements LocalCommand {

    /** A node reads its whole tamper log before it responds. */
    private static final long WAIT_MS = 600_000;

    private final Invocation invocation;

    ProveCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("prove", "write a document to a file that proves what it was, or show the"
                + " key that signs such files")
                .form(ArgumentSpec.of("KEY", ValueType.KEY, "the document"),
                        ArgumentSpec.of("FILE", ValueType.FILE, "the new file"),
                        ArgumentSpec.of("DATA_DIR", ValueType.DIRECTORY, "the data of a stopped node;"
                                + " without it a running one signs").optional(),
                        ArgumentSpec.of("CONFIG", ValueType.FILE, "its settings").optional())
                .form(ArgumentSpec.of("DATA_DIR", ValueType.DIRECTORY, "the data of a node: show its key"))
                .option(NodeSelection.NODE).usesCluster()
                .note("The file holds the document, its version, the line of the tamper log that records its"
                        + " write, the heads that the node knows of tamper logs, and the signature of a key"
                        + " of the node. 'kvs check' reads it anywhere, without a node and without a secret.")
                .note("The first proof makes the key, " + ProofKey.FILE + " in the data directory. Compare"
                        + " its words, or its SHA-256, once by another way: who checks a file knows by them"
                        + " which node signed it.")
                .note("A running node signs for administrators only. The line is in the log of the member"
                        + " that took the write: name it by " + NodeSelection.NODE.name() + ".")
                .example("kvs prove docs/plan plan.proof", "at a running node")
                .example("kvs prove docs/plan plan.proof data", "at a stopped one")
                .example("kvs prove data", "the key of the node")
                .status(ExitStatus.ABSENT, "there is no such document").build();
    }

    @Override
    public ExitStatus runHere(Arguments arguments) throws MisuseException, CommandException, ConfigException,
            UnusableDirectoryException, IOException {
        if (arguments.rest().size() == 1) {
            showKey(arguments);
            return ExitStatus.DONE;
        }
        Key key = Key.of(arguments.at(0));
        if (key.reserved()) {
            throw new MisuseException(key.text() + " is reserved: it is no document");
        }
        if (PathCheck.exists(Path.of(arguments.at(1)))) {
            throw new IOException(arguments.at(1) + " exists: name a new file");
        }
        FileArgument to = FileArgument.of(arguments.at(1));
        byte[] file = arguments.maybe(2).isPresent() ? stopped(arguments, key) : running(arguments, key);
        Proof.Signed signed;
        try {
            signed = Proof.decode(file);
        } catch (RejectedProofException e) {
            throw new CommandException(ExitStatus.FAILED, "nothing was proven: what the node made is not"
                    + " valid: " + FailureText.text(e), e);
        }
        try (AtomicFileOutput out = new AtomicFileOutput(to.disk(), to.name())) {
            out.write(file, 0, file.length);
            out.complete();
        }
        print(signed, arguments.at(1));
        return ExitStatus.DONE;
    }

    private byte[] running(Arguments arguments, Key key) throws MisuseException, CommandException,
            IOException {
        try (ClusterClient client = new NodeSelection(invocation, arguments).client()) {
            return client.ask(ClientRequest.json("POST", "/admin/proofs",
                    new JsonWriter().object().field("path", key.text()).end().toBytes(),
                    ClientRequest.Repeat.HARMLESS).waiting(WAIT_MS), "nothing was proven").body();
        }
    }

    private byte[] stopped(Arguments arguments, Key key) throws MisuseException, CommandException,
            ConfigException, UnusableDirectoryException, IOException {
        String directory = arguments.at(2);
        if (arguments.option(NodeSelection.NODE.name()).isPresent()) {
            throw new MisuseException("name " + NodeSelection.NODE.name() + " for a running node, or the data"
                    + " directory of a stopped one, and not both");
        }
        Settings settings = new NodeEnvironments(invocation).settings(arguments.maybe(3));
        try (OfflineNode node = NodeResolver.of(invocation, arguments, 3).stoppedNode(directory)) {
            Store store = node.store();
            Entry entry = store.root().find(key).orElseThrow(() -> new CommandException(
                    ExitStatus.ABSENT, "nothing was proven: there is no document " + key.text()));
            Version version = store.read(entry);
            AuditState audit = audit(directory, settings, version, store.notes());
            return new Proof(Clock.REAL.wallMs(), settings.text("node_id"), store.origin(), version, audit)
                    .encode(key(directory));
        }
    }

    private void print(Proof.Signed signed, String file) {
        Version version = signed.proof().version();
        AuditState audit = signed.proof().audit();
        invocation.out().println("version " + version.uuid() + " of " + version.key().text()
                + (version.deleted() ? ", which deletes it," : "") + " is proven by " + file);
        invocation.out().println(Style.safe("tamper log: " + audit.line()
                .map(line -> "line " + line.anchor().seq()).orElse(audit.absent())));
        printKey(signed.key());
    }

    /** The state of the audit log in a directory. */
    private AuditState audit(String directory, Settings settings, Version version, StoreNotes notes)
            throws IOException {
        KnownHeads known = KnownHeads.of(notes, settings.text("node_id"));
        Path log = Path.of(directory, NodeEnvironments.AUDIT);
        if (!PathCheck.isDirectory(log)) {
            return known.without(AuditEvidence.NONE);
        }
        Environment environment = new NodeEnvironments(invocation).environment(settings,
                new NodeEnvironments(invocation).log(settings, Logger.Level.WARN), directory).orElseThrow();
        List<byte[]> secrets = environment.existingSecret(settings).map(loaded -> loaded.secrets())
                .orElse(List.of());
        return new AuditEvidence(FileDisk.open(log), AccessWiring.auditKeys(secrets)).of(version, known);
    }

    private ProofKey key(String directory) throws IOException {
        return new ProofKeyFile(invocation.files(), directory).key();
    }

    private void showKey(Arguments arguments) throws MisuseException, ConfigException, IOException,
            UnusableDirectoryException {
        String directory = arguments.at(0);
        if (PathCheck.isFile(Path.of(directory, ProofKey.FILE))) {
            printKey(key(directory).open());
            return;
        }
        try (OfflineNode node = NodeResolver.of(invocation, arguments, 1).stoppedNode(directory)) {
            if (node.store().origin().equals(Version.NOBODY)) {
                throw new IOException(directory + " has no life yet: start its node once");
            }
            printKey(key(directory).open());
        }
    }

    private void printKey(byte[] open) {
        byte[] fingerprint = ProofKey.fingerprint(open);
        invocation.out().println("key: " + DigestWords.of(fingerprint) + ", sha256 "
                + HexFormat.of().formatHex(fingerprint));
    }
}
