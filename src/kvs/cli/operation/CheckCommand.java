package kvs.cli.operation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import kvs.audit.WrittenLine;
import kvs.auth.Principal;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.Command;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.DigestWords;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OptionSpec;
import kvs.command.Style;
import kvs.command.ValueType;
import kvs.model.AsciiParsers;
import kvs.model.Version;
import kvs.proof.Proof;
import kvs.proof.ProofKey;
import kvs.proof.RejectedProofException;
import kvs.world.Clock;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.FailureText;
import kvs.world.FileDisk;
import kvs.world.PathCheck;

/** The command {@code check}: checks a proof, without a node and without a secret. */
public final class CheckCommand implements Command {

    private static final String KEY = "--key";
    private static final String DOCUMENT = "--document";
    private static final int FINGERPRINT_DIGITS = 64;

    private final Invocation invocation;

    /** The command. */
    public CheckCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("check", "check the proof of a document, anywhere")
                .form(ArgumentSpec.of("FILE", ValueType.FILE, "the file that 'kvs prove' wrote"))
                .option(OptionSpec.of(KEY, ValueType.TEXT, "refuse a file that another key signed than the"
                        + " one with this SHA-256, which 'kvs prove DATA_DIR' shows").shown("HEX"))
                .flag(DOCUMENT, "write the document to the standard output, and what is known of it to the"
                        + " standard error output")
                .note("It says which node signed that the document was its version of the key, when, and"
                        + " which line of its tamper log records the write. Whether the key is that of the"
                        + " node you think of, its words tell: compare them by another way, or name " + KEY
                        + ".")
                .example("kvs check plan.proof", "")
                .status(ExitStatus.DAMAGED_FILE, "it was changed, cut off or forged, or is signed by"
                        + " another key")
                .status(ExitStatus.NEWER_FILE, "it was made by a newer version").build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        String name = arguments.at(0);
        Optional<String> wanted = arguments.option(KEY).map(hex -> hex.toLowerCase(Locale.ROOT));
        if (wanted.filter(hex -> !AsciiParsers.hex(hex, FINGERPRINT_DIGITS)).isPresent()) {
            throw new MisuseException(KEY + " takes the 64 hexadecimal digits of the SHA-256 of a key");
        }
        Proof.Signed signed;
        try {
            signed = Proof.decode(bytes(name));
        } catch (RejectedProofException e) {
            throw new CommandException(e.isNewer() ? ExitStatus.NEWER_FILE : ExitStatus.DAMAGED_FILE, name
                    + " proves nothing: " + FailureText.text(e), e);
        }
        String fingerprint = HexFormat.of().formatHex(ProofKey.fingerprint(signed.key()));
        if (wanted.filter(hex -> !hex.equals(fingerprint)).isPresent()) {
            throw new CommandException(ExitStatus.DAMAGED_FILE, name + " proves nothing of that key: it is"
                    + " signed by the key " + DigestWords.of(ProofKey.fingerprint(signed.key())) + ", sha256 "
                    + fingerprint);
        }
        print(signed, fingerprint, arguments.has(DOCUMENT));
        return ExitStatus.DONE;
    }

    private static byte[] bytes(String name) throws MisuseException, CommandException, IOException {
        Path path = Path.of(name).toAbsolutePath().normalize();
        if (!PathCheck.isFile(path)) {
            throw new MisuseException("there is no file " + name);
        }
        try (DiskFile file = FileDisk.open(path.getParent()).open(path.getFileName().toString(),
                Disk.Mode.READ)) {
            if (file.size() > Proof.BYTES_MAX) {
                throw new CommandException(ExitStatus.DAMAGED_FILE, name + " proves nothing: it is longer"
                        + " than any proof");
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.read(bytes, 0);
            return bytes.array();
        }
    }

    private void print(Proof.Signed signed, String fingerprint, boolean document) throws IOException {
        Proof proof = signed.proof();
        Version version = proof.version();
        byte[] key = ProofKey.fingerprint(signed.key());
        List<String> lines = new ArrayList<>();
        lines.add(version.key().text() + ": version " + version.uuid() + " of "
                + Clock.utc(version.timestamp()) + (version.deleted() ? ", which deletes it"
                        : ", " + version.data().length + " bytes") + (version.expires() == Version.FOREVER
                        ? "" : ", until " + Clock.utc(version.expires())) + ", by "
                + author(version.author()));
        lines.add("it was the version of node " + proof.node() + " (life " + proof.life() + ") at "
                + Clock.utc(proof.madeMs()));
        lines.add(proof.audit().line().map(CheckCommand::audit).orElse("tamper log: "
                + proof.audit().absent()) + (proof.audit().head().isEmpty() ? ""
                        : "; its head was " + proof.audit().head()));
        new TreeMap<>(proof.audit().remembered()).forEach((life, head) -> lines.add("it remembered line "
                + head + " of the tamper log of life " + life));
        lines.add("signed by the key " + DigestWords.of(key) + ", sha256 " + fingerprint);
        String text = String.join("\n", lines.stream().map(CheckCommand::line).toList());
        (document ? invocation.err() : invocation.out()).println(text);
        if (document) {
            invocation.raw().write(version.data());
            invocation.raw().flush();
        }
    }

    private static String author(UUID author) {
        return author.equals(Version.NOBODY) ? "nobody who signed in"
                : author.equals(Principal.OPERATOR_ID) ? "the operator of the node" : author.toString();
    }

    private static String audit(WrittenLine line) {
        return "tamper log: line " + line.anchor() + ", " + line.member("act") + " at "
                + Clock.utc(line.atMs()) + " by "
                + (line.member("who").isEmpty() ? "nobody who signed in" : line.member("who")) + " from "
                + line.member("from");
    }

    /**
     * A line with values from elsewhere, without what a terminal would obey. A line end in a value begins no
     * line: it would look like one of this command, such as that with the key.
     */
    private static String line(String text) {
        return Style.safe(text).replace("\n", "\\u000a");
    }
}
