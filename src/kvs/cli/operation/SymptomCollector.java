package kvs.cli.operation;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClientSession;
import kvs.client.ClusterClient;
import kvs.client.LocalNode;
import kvs.client.LocalNodes;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.world.FailureText;
import kvs.world.FileDisk;
import kvs.world.TextFiles;

/** Collects the symptoms of one node: what it reports, and what is found in its directory. One thread. */
final class SymptomCollector {

    private static final List<String> SECRETS = List.of("", "/tamper", "/admin.token", "/cluster.secret");

    private final Invocation invocation;
    private final Arguments arguments;

    SymptomCollector(Invocation invocation, Arguments arguments) {
        this.invocation = invocation;
        this.arguments = arguments;
    }

    /** The symptoms of the node of that way. */
    Symptoms collect(ClientSession node) throws CommandException {
        Optional<Symptoms.Machine> machine = node.local().map(this::machine);
        try (ClusterClient client = node.client(invocation, arguments)) {
            String undone = "the node was not examined";
            ClientResponse response = ClusterReport.ask(client, undone);
            long nowMs = invocation.clock().wallMs();
            ClientResponse metrics = client.probe(ClientRequest.get("/metrics"), undone);
            return new Symptoms(Optional.of(response.read(ClusterReport::of)), "", new Symptoms.Clocks(nowMs,
                    date(response)), invocation.version(), Symptoms.OpenFiles.of(metrics.isGood()
                    ? metrics.text() : ""), machine);
        } catch (CommandException e) {
            if (e.status() != ExitStatus.UNREACHABLE) {
                throw e;
            }
            return new Symptoms(Optional.empty(), FailureText.text(e), new Symptoms.Clocks(
                    invocation.clock().wallMs(), OptionalLong.empty()), invocation.version(),
                    Symptoms.OpenFiles.of(""), machine);
        }
    }

    private static OptionalLong date(ClientResponse response) {
        try {
            return response.header("date").isEmpty() ? OptionalLong.empty()
                    : OptionalLong.of(ZonedDateTime.parse(response.header("date").get(),
                    DateTimeFormatter.RFC_1123_DATE_TIME).toInstant().toEpochMilli());
        } catch (DateTimeException foreign) {
            return OptionalLong.empty();
        }
    }

    private Symptoms.Machine machine(LocalNode node) {
        TextFiles files = invocation.files();
        List<Symptoms.Exposure> exposed = new ArrayList<>();
        for (String name : SECRETS) {
            String path = node.directory() + name;
            try {
                files.exposed(path).ifPresent(access -> exposed.add(new Symptoms.Exposure(path, access)));
            } catch (IOException e) {
                exposed.add(new Symptoms.Exposure(path, "unknown to this user: " + FailureText.text(e)));
            }
        }
        return new Symptoms.Machine(node.directory(), freeBytes(node.directory()), exposed,
                certificateEnds(node.directory()));
    }

    private static OptionalLong freeBytes(String directory) {
        try {
            return OptionalLong.of(FileDisk.open(Path.of(directory)).freeBytes());
        } catch (IOException unknown) {
            return OptionalLong.empty();
        }
    }

    /** The end of the certificate that the node has noted; none when it has no certificate. */
    private OptionalLong certificateEnds(String directory) {
        try {
            String pem = LocalNodes.certificate(invocation.files(), directory, "");
            X509Certificate leaf = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)));
            return OptionalLong.of(leaf.getNotAfter().getTime());
        } catch (IOException | CertificateException none) {
            return OptionalLong.empty();
        }
    }
}
