package kvs.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import kvs.bundle.BundleFile;
import kvs.bundle.BundleHead;
import kvs.bundle.FileResult;
import kvs.bundle.RejectedBundleException;
import kvs.cli.operation.NodeSiteFiles;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.json.JsonWriter;
import kvs.model.Zone;
import kvs.transfer.AtomicFileOutput;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.FailureText;

/** The files of a site whose node runs. */
final class RunningSiteFiles implements SiteFiles {

    private final NodeSiteFiles node;

    /** The files of the node that the arguments name. */
    RunningSiteFiles(Invocation invocation, Arguments arguments)
            throws MisuseException, CommandException, IOException {
        this.node = new NodeSiteFiles(invocation, arguments);
    }

    @Override
    public PartnerFacts partner(String name) throws CommandException {
        NodeSiteFiles.SitePartner partner = node.partner(name);
        return new PartnerFacts(partner.self(), partner.receives());
    }

    @Override
    public BundleFile make(FileRequest request, FileArgument to)
            throws MisuseException, CommandException, IOException {
        if (request.receipt().isPresent()) {
            takeStatement(request);
        }
        boolean bundle = request.kind() == BundleHead.Kind.BUNDLE;
        MessageDigest sha256 = sha256();
        long number = 0;
        try (AtomicFileOutput file = new AtomicFileOutput(to.disk(), to.name());
                OutputStream out = new DigestOutputStream(file, sha256)) {
            if (bundle) {
                number = node.bundle(body(request), out);
            } else {
                out.write(node.receipt(request.partner()));
            }
            file.complete();
        } catch (IOException e) {
            throw new IOException("nothing was made: the bundle did not arrive completely, or cannot be"
                    + " written here; the log of the node has the reason if it has one. Try again", e);
        }
        BundleFile made = readBack(to);
        if (bundle) {
            node.confirm(number, HexFormat.of().formatHex(sha256.digest()), to.toString());
        }
        return made;
    }

    private static JsonWriter body(FileRequest request) {
        JsonWriter body = new JsonWriter().object().field("partner", request.partner())
                .field("full", request.full());
        if (!request.zones().isEmpty()) {
            body.name("zones").array();
            for (Zone zone : request.zones()) {
                body.array();
                zone.paths().forEach(path -> body.value(path.isEmpty() ? Zone.ROOT : path));
                body.end();
            }
            body.end();
        }
        request.since().ifPresent(number -> body.field("since", number));
        return body.end();
    }

    /** Takes the statement in a receipt of the partner. */
    private void takeStatement(FileRequest request) throws MisuseException, CommandException, IOException {
        String name = request.receipt().get();
        FileArgument from = FileArgument.existing(name);
        if (isBundle(from)) {
            throw new CommandException(ExitStatus.FAILED, "nothing was made: " + name + " is a bundle: take"
                    + " its documents by 'kvs merge', which takes what it says too");
        }
        FileResult checked = verify(from);
        if (checked.partner().isEmpty()) {
            throw FileReport.failure(name, checked.verdict(), checked.sentence());
        }
        if (!checked.partner().equals(request.partner())) {
            throw new CommandException(ExitStatus.UNREACHABLE, "nothing was made: " + name
                    + " is of the partner " + checked.partner());
        }
        FileResult taken = take(from);
        if (!taken.verdict().isGood()) {
            throw FileReport.failure(name, taken.verdict(), taken.sentence());
        }
    }

    private static boolean isBundle(FileArgument from) throws IOException {
        try (DiskFile disk = from.disk().open(from.name(), Disk.Mode.READ)) {
            return new BundleFile(disk).head().kind() == BundleHead.Kind.BUNDLE;
        } catch (RejectedBundleException unsound) {
            return false;
        }
    }

    /** Reads the complete file again; it is removed if that finds a fault. */
    private static BundleFile readBack(FileArgument to) throws IOException {
        try (DiskFile disk = to.disk().open(to.name(), Disk.Mode.READ)) {
            BundleFile file = new BundleFile(disk);
            file.checkHash(bytes -> { });
            return file;
        } catch (RejectedBundleException | IOException e) {
            to.disk().delete(to.name());
            to.disk().force();
            throw new IOException("nothing was made: the bundle did not arrive completely, or the disk or the"
                    + " stick is faulty. The file was removed; try again, or use another one", e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    @Override
    public FileResult take(FileArgument from) throws IOException {
        try (DiskFile file = from.disk().open(from.name(), Disk.Mode.READ)) {
            return node.take(file, false);
        } catch (CommandException e) {
            throw new IOException(FailureText.text(e), e);
        }
    }

    @Override
    public FileResult verify(FileArgument from) throws CommandException, IOException {
        try (DiskFile file = from.disk().open(from.name(), Disk.Mode.READ)) {
            return node.take(file, true);
        }
    }

    @Override
    public void close() {
        node.close();
    }
}
