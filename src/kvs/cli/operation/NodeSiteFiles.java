package kvs.cli.operation;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import kvs.bundle.BundleFile;
import kvs.bundle.FileResult;
import kvs.bundle.FileVerdict;
import kvs.bundle.Partner;
import kvs.bundle.RejectedBundleException;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClusterClient;
import kvs.client.JsonFields;
import kvs.client.NodeSelection;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.command.GlobalOptions;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.Progress;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;
import kvs.model.AsciiParsers;
import kvs.world.DiskFile;
import kvs.world.FailureText;
import kvs.world.Logger;
import kvs.world.Threads;

/**
 * The files for partners and of them, by the API of one running node: bundles come as a stream, files go in
 * parts, and the work on them is watched to its end. A part that gets no response is sent again. One thread.
 */
public final class NodeSiteFiles implements AutoCloseable {

    /** Far below what a node accepts, so that a part also passes a slow line in time. */
    private static final int PART_BYTES = 4 << 20;
    /** A node may look at very many versions before it has the next bytes of a bundle. */
    private static final long SILENCE_MS = 600_000;
    private static final long PART_MS = 60_000;
    private static final long PAUSE_MS = 20;
    private static final long PAUSE_MS_MAX = 1_000;
    private static final int CONFLICT = 409;
    private static final int ABSENT = 404;
    private static final int REFUSED = 300;
    /** The rounds in which a node may be at work on a part before the upload fails. */
    private static final int BUSY_ROUNDS = 30;
    private static final String MERGES = "/admin/merges";
    private static final String UNDONE = "nothing was changed";
    private static final String UNMADE = "nothing was made";

    private final Invocation invocation;
    private final ClusterClient client;
    private final boolean quiet;
    private final Threads threads = new Threads(Logger.none());

    /** The files of the node that the arguments name. */
    public NodeSiteFiles(Invocation invocation, Arguments arguments)
            throws MisuseException, CommandException, IOException {
        this.invocation = invocation;
        this.client = new NodeSelection(invocation, arguments).client();
        this.quiet = arguments.has(GlobalOptions.QUIET);
    }

    /**
     * A partner of the site.
     *
     * @param self id of the site
     * @param receives whether zones come in from the partner
     */
    public record SitePartner(UUID self, boolean receives) { }

    /** The partner of that name. */
    public SitePartner partner(String name) throws CommandException {
        Optional<SitePartner> found = client.ask(ClientRequest.get("/admin/partners/"), UNMADE).read(json -> {
            for (JsonValue partner : JsonFields.list(json, "partners")) {
                if (JsonFields.text(partner, "name").equals(name)) {
                    return Optional.of(new SitePartner(AsciiParsers.uuid(JsonFields.text(json, "site"))
                            .orElseThrow(() -> json.wrong("no id")), JsonFields.flag(partner, "receives")));
                }
            }
            return Optional.<SitePartner>empty();
        });
        return found.orElseThrow(() -> new CommandException(ExitStatus.ABSENT, UNMADE + ": there is no"
                + " partner " + name + ": 'kvs partner ls' shows them"));
    }

    /**
     * Receives a bundle into {@code out}; its number. Whether it is whole is in the file.
     *
     * @param request the body of the request
     */
    public long bundle(JsonWriter request, OutputStream out) throws CommandException, IOException {
        ClientRequest post = ClientRequest.json("POST", "/admin/bundles", request.toBytes(),
                ClientRequest.Repeat.HARMLESS);
        try (ClusterClient.StreamedResponse response = client.stream(post, UNMADE, SILENCE_MS);
                Progress progress = new Progress(invocation, "bytes", quiet)) {
            InputStream in = response.in();
            byte[] piece = new byte[1 << 16];
            long bytes = 0;
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                out.write(piece, 0, read);
                bytes += read;
                progress.show(bytes, 0);
            }
            return Long.parseLong(response.headers().getOrDefault("kvs-bundle-number", "0"));
        }
    }

    /** A receipt for a partner. */
    public byte[] receipt(String partner) throws CommandException {
        if (!Partner.isName(partner)) {
            throw new CommandException(ExitStatus.ABSENT, UNMADE + ": there is no partner " + partner
                    + ": 'kvs partner ls' shows them");
        }
        return client.ask(ClientRequest.get("/admin/receipts?partner=" + partner), UNMADE).body();
    }

    /** Tells the node that a bundle is on the disk here; {@code file} is its name, for the failure. */
    public void confirm(long number, String sha256, String file) throws CommandException {
        client.ask(ClientRequest.json("PUT", "/admin/bundles/" + number + "/written",
                new JsonWriter().object().field("sha256", sha256).end().toBytes(),
                ClientRequest.Repeat.HARMLESS), file + " is complete, but was not confirmed, and does not"
                        + " count as delivered");
    }

    /** Brings a file to the node, which verifies it, or verifies and takes it. */
    public FileResult take(DiskFile file, boolean verify) throws CommandException, IOException {
        long size = file.size();
        ClientResponse begun = client.ask(ClientRequest.json("POST", MERGES,
                new JsonWriter().object().field("bytes", size).end().toBytes(),
                ClientRequest.Repeat.HARMLESS), UNDONE);
        String target = MERGES + "/" + begun.member("id");
        try (Progress progress = new Progress(invocation, "bytes", quiet)) {
            send(file, size, target, progress);
            start(target, verify);
            return result(finished(target, progress), file);
        } finally {
            remove(target);
        }
    }

    private void send(DiskFile file, long size, String target, Progress progress)
            throws CommandException, IOException {
        byte[] part = new byte[(int) Math.min(PART_BYTES, size)];
        for (long at = 0; at < size; ) {
            int read = file.read(ByteBuffer.wrap(part), at);
            if (read == 0) {
                throw new IOException("the file became shorter while it was read: " + UNDONE);
            }
            part(new ClientRequest("PUT", target + "?offset=" + at,
                    Map.of("Content-Type", "application/octet-stream"), Arrays.copyOf(part, read),
                    ClientRequest.Repeat.HARMLESS, PART_MS));
            at += read;
            progress.show(at, size);
        }
    }

    /** Sends a part. When its connection was lost, the node may be at work on it still. */
    private void part(ClientRequest request) throws CommandException {
        int status = client.send(request, UNDONE).status();
        for (int round = 0; status == CONFLICT && round < BUSY_ROUNDS; round++) {
            client.pause(round);
            status = client.send(request, UNDONE).status();
        }
        if (status >= REFUSED) {
            client.ask(request, UNDONE);
        }
    }

    /** Starts the work; when a response was lost, it has been started by the request before. */
    private void start(String target, boolean verify) throws CommandException {
        ClientRequest request = ClientRequest.json("POST", target, new JsonWriter().object()
                .field("verify", verify).end().toBytes(), ClientRequest.Repeat.HARMLESS);
        ClientResponse response = client.send(request, UNDONE);
        boolean begun = response.isGood() || response.status() == CONFLICT
                && !client.ask(ClientRequest.get(target), UNDONE).member("state").equals("receiving");
        if (!begun) {
            client.ask(request, UNDONE);
        }
    }

    private ClientResponse finished(String target, Progress progress) throws CommandException {
        for (long pauseMs = PAUSE_MS;; pauseMs = Math.min(PAUSE_MS_MAX, 2 * pauseMs)) {
            ClientResponse response = client.send(ClientRequest.get(target),
                    "the node goes on, and the end was not seen");
            if (response.status() == ABSENT) {
                throw new CommandException(ExitStatus.FAILED, "the node was restarted, and does not know the"
                        + " file any more. What was merged stays, and the same file ends it");
            }
            String state = response.member("state");
            if (!state.equals("checking") && !state.equals("merging")) {
                progress.clear();
                return response;
            }
            long[] done = response.read(json -> new long[] {BackgroundWorkPoller.number(json, "done_bytes"),
                BackgroundWorkPoller.number(json, "all_bytes")});
            progress.show(done[0], done[1]);
            threads.pause(pauseMs);
        }
    }

    private static FileResult result(ClientResponse response, DiskFile file)
            throws CommandException, IOException {
        String word = response.member("verdict");
        FileVerdict verdict = FileVerdict.of(word).orElseThrow(() -> new CommandException(ExitStatus.FAILED,
                "the node tells '" + word + "' of the file, which this program does not know: use its"
                        + " version here too"));
        List<FileResult.ZoneFinding> zones = new ArrayList<>();
        List<JsonValue> told = response.read(json -> JsonFields.list(json, "zones"));
        Optional<BundleFile> bundle = told.isEmpty() ? Optional.empty() : bundle(file);
        for (int i = 0; bundle.isPresent() && i < Math.min(told.size(), bundle.get().head().zones().size());
                i++) {
            JsonValue zone = told.get(i);
            try {
                zones.add(new FileResult.ZoneFinding(bundle.get().head().zones().get(i),
                        bundle.get().trailer().totals().get(i), bundle.get().head().form(i),
                        JsonFields.flag(zone, "equal"), JsonFields.text(zone, "verdict")));
            } catch (JsonException e) {
                throw response.foreign(e);
            }
        }
        return new FileResult(verdict, response.member("sentence"), response.member("partner"), zones);
    }

    private static Optional<BundleFile> bundle(DiskFile file) throws IOException {
        try {
            return Optional.of(new BundleFile(file));
        } catch (RejectedBundleException changed) {
            return Optional.empty();
        }
    }

    /** Removes the file at the node; an hour later it would do so by itself. */
    private void remove(String target) {
        try {
            client.send(new ClientRequest("DELETE", target, Map.of(), new byte[0],
                    ClientRequest.Repeat.HARMLESS, 0), UNDONE);
        } catch (CommandException unreachable) {
            invocation.err().println("kvs: the node keeps the file for an hour: "
                    + FailureText.text(unreachable));
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
