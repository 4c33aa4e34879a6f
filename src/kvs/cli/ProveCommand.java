package kvs.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import kvs.audit.AuditAnchorKeeper;
import kvs.audit.AuditVerification;
import kvs.audit.WrittenLine;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.DigestWords;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.ValueType;
import kvs.config.ConfigException;
import kvs.config.Settings;
import kvs.log.UnusableDirectoryException;
import kvs.model.AsciiParsers;
import kvs.model.Key;
import kvs.model.Version;
import kvs.node.AccessWiring;
import kvs.node.Environment;
import kvs.node.OfflineNode;
import kvs.proof.AuditState;
import kvs.proof.Proof;
import kvs.proof.ProofKey;
import kvs.recovery.StoreNotes;
import kvs.store.Store;
import kvs.transfer.AtomicFileOutput;
import kvs.tree.Entry;
import kvs.world.Clock;
import kvs.world.Disk;
import kvs.world.FailureText;
import kvs.world.FileDisk;
import kvs.world.Logger;
import kvs.world.PathCheck;

/** The command {@code prove}: writes a document of a stopped node to a file that proves what it was. */
final class ProveCommand implements LocalCommand {

    private static final String WITNESSED = "witness/";
    private static final int UUID_CHARACTERS = 36;

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
                        ArgumentSpec.of("DATA_DIR", ValueType.DIRECTORY, "the data of a stopped node"),
                        ArgumentSpec.of("CONFIG", ValueType.FILE, "its settings").optional())
                .form(ArgumentSpec.of("DATA_DIR", ValueType.DIRECTORY, "the data of a node: show its key"))
                .note("The file holds the document, its version, the line of the tamper log that records its"
                        + " write, the heads that the node knows of tamper logs, and the signature of a key"
                        + " of the node. 'kvs check' reads it anywhere, without a node and without a secret.")
                .note("The first proof makes the key, " + ProofKey.FILE + " in the data directory. Compare"
                        + " its words, or its SHA-256, once by another way: who checks a file knows by them"
                        + " which node signed it.")
                .example("kvs prove docs/plan plan.proof data", "")
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
        Settings settings = new NodeEnvironments(invocation).settings(arguments.maybe(3));
        try (OfflineNode node = NodeResolver.of(invocation, arguments, 3).stoppedNode(arguments.at(2))) {
            Store store = node.store();
            Entry entry = store.root().find(key).orElseThrow(() -> new CommandException(
                    ExitStatus.ABSENT, "nothing was proven: there is no document " + key.text()));
            Version version = store.read(entry);
            AuditState audit = audit(arguments.at(2), settings, version, store.notes());
            ProofKey signs = key(arguments.at(2));
            Proof proof = new Proof(Clock.REAL.wallMs(), settings.text("node_id"), store.origin(), version,
                    audit);
            try (AtomicFileOutput out = new AtomicFileOutput(to.disk(), to.name())) {
                byte[] file = proof.encode(signs);
                out.write(file, 0, file.length);
                out.complete();
            }
            invocation.out().println("version " + version.uuid() + " of " + key.text()
                    + (version.deleted() ? ", which deletes it," : "") + " is proven by " + arguments.at(1));
            invocation.out().println(audit.line().map(line -> "tamper log: line " + line.anchor().seq())
                    .orElse("tamper log: " + audit.absent()));
            printKey(signs);
        }
        return ExitStatus.DONE;
    }

    /** The state of the audit log in a directory, all of whose lines are checked first. */
    private AuditState audit(String directory, Settings settings, Version version, StoreNotes notes)
            throws IOException {
        Map<UUID, String> remembered = new TreeMap<>();
        notes.all().forEach((name, body) -> {
            if (name.startsWith(WITNESSED) && name.length() == WITNESSED.length() + UUID_CHARACTERS) {
                AsciiParsers.uuid(name.substring(WITNESSED.length())).ifPresent(life -> AuditAnchorKeeper
                        .decode(body).ifPresent(anchor -> remembered.put(life, anchor.toString())));
            }
        });
        Optional<AuditVerification.Anchor> kept = AuditAnchorKeeper.of(notes, settings.text("node_id"));
        String storeHead = kept.map(AuditVerification.Anchor::toString).orElse("");
        Path log = Path.of(directory, NodeEnvironments.AUDIT);
        AuditState none = new AuditState(Optional.empty(), "this node has none (tamper_logging_enabled)", "",
                storeHead, remembered);
        if (!PathCheck.isDirectory(log)) {
            return none;
        }
        Disk disk = FileDisk.open(log);
        Environment environment = new NodeEnvironments(invocation).environment(settings,
                new NodeEnvironments(invocation).log(settings, Logger.Level.WARN), directory).orElseThrow();
        List<byte[]> secrets = environment.existingSecret(settings).map(loaded -> loaded.secrets())
                .orElse(List.of());
        AuditVerification.Result checked = AuditVerification.run(disk, AccessWiring.auditKeys(secrets),
                kept.map(anchor -> List.of(new AuditVerification.WitnessReport(anchor, "the store")))
                        .orElse(List.of()));
        if (checked.files() == 0 && checked.fault().isEmpty()) {
            return none;
        }
        if (checked.fault().isPresent()) {
            return new AuditState(Optional.empty(), "it is not as it was written: " + checked.fault().get(),
                    "", storeHead, remembered);
        }
        Optional<WrittenLine> line = WrittenLine.find(disk, version.key().text(), version.uuid().toString());
        return new AuditState(line, line.isPresent() ? "" : "no line of this node records this write: it was"
                + " made on another member, by an import or a merge, before the log began, or its line was"
                + " removed with the oldest ones", checked.head().toString(), storeHead, remembered);
    }

    /** The key of the node of a directory; the first call makes it. */
    private ProofKey key(String directory) throws IOException {
        String file = Path.of(directory, ProofKey.FILE).toString();
        Optional<String> text = invocation.files().secret(file);
        if (text.isEmpty()) {
            ProofKey made = ProofKey.generate();
            if (invocation.files().create(file, made.encode())) {
                return made;
            }
            text = invocation.files().secret(file);
        }
        try {
            return ProofKey.decode(text.orElseThrow(() -> new IOException(file + " cannot be read")));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is no key of proofs: " + FailureText.text(e) + ". Put the right"
                    + " one back, or remove it: the next proof makes a new one, whose words must be compared"
                    + " again", e);
        }
    }

    private void showKey(Arguments arguments) throws MisuseException, ConfigException, IOException,
            UnusableDirectoryException {
        String directory = arguments.at(0);
        if (PathCheck.isFile(Path.of(directory, ProofKey.FILE))) {
            printKey(key(directory));
            return;
        }
        try (OfflineNode node = NodeResolver.of(invocation, arguments, 1).stoppedNode(directory)) {
            if (node.store().origin().equals(Version.NOBODY)) {
                throw new IOException(directory + " has no life yet: start its node once");
            }
            printKey(key(directory));
        }
    }

    private void printKey(ProofKey key) {
        byte[] fingerprint = ProofKey.fingerprint(key.open());
        invocation.out().println("key: " + DigestWords.of(fingerprint) + ", sha256 "
                + HexFormat.of().formatHex(fingerprint));
    }
}
