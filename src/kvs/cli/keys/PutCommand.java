package kvs.cli.keys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClientSession;
import kvs.client.ClusterClient;
import kvs.client.RefusalReport;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.Command;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OptionSpec;
import kvs.command.OutputFormat;
import kvs.command.ResultWriter;
import kvs.command.Row;
import kvs.command.ValueType;
import kvs.world.UserFiles;

/** The command {@code put}: writes a document. */
public final class PutCommand implements Command {

    private static final int CREATED = 201;
    private static final int ACCEPTED = 202;
    private static final long COPIES_WAIT_MS = 5_000;

    private final Invocation invocation;

    /** The command, for one run of the program. */
    public PutCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("put", "write a document")
                .form(ArgumentSpec.of("KEY", ValueType.KEY, "the key, as in users/john"),
                        ArgumentSpec.of("VALUE", ValueType.FILE, "the JSON text; @FILE reads a file, and -,"
                                + " or"
                                + " nothing, the standard input").optional())
                .value("--ttl", ValueType.DURATION, "the document expires after this time")
                .flag("--if-absent", "only if the key does not exist")
                .option(OptionSpec.of("--if-match", ValueType.TEXT, "only if this is the id of the present"
                        + " version").shown("ID"))
                .option(OptionSpec.of("--copies", ValueType.NUMBER, "wait until so many nodes have it on"
                        + " their"
                        + " disks").shown("N"))
                .note("The document is stored byte for byte. It is on the disk of a node when this command"
                        + " ends.")
                .example("kvs put users/john '{\"age\":30}'", "a document on the command line")
                .example("kvs put users/john @john.json", "a document in a file")
                .example("kvs put locks/job1 1 --if-absent --ttl 1h", "only the first one gets it")
                .status(ExitStatus.CONDITION_FAILED, "--if-absent or --if-match did not hold")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        KeyPath key = KeyPath.key(arguments.at(0));
        ClientRequest request = request(key, document(arguments.maybe(1).orElse("-")), arguments);
        try (ClusterClient client = ClientSession.of(invocation, arguments).client(invocation, arguments)) {
            ClientResponse response = client.send(request, key + " was not written");
            if (!response.isGood()) {
                throw RefusalReport.of(key + " was not written", response);
            }
            if (response.status() == ACCEPTED) {
                throw new CommandException(ExitStatus.UNREACHABLE, key + " is written, but only "
                        + response.header("kvs-copies").orElse("some") + " of the copies were made in time."
                        + " The others follow by themselves");
            }
            print(key, response, arguments);
        }
        return ExitStatus.DONE;
    }

    private byte[] document(String value) throws MisuseException, IOException {
        if (value.equals(Invocation.STANDARD)) {
            return UserFiles.of(invocation.in());
        }
        return value.startsWith("@") ? UserFiles.of(value.substring(1))
                .orElseThrow(() -> new MisuseException("there is no file " + value.substring(1)))
                : value.getBytes(StandardCharsets.UTF_8);
    }

    private static ClientRequest request(KeyPath key, byte[] document, Arguments arguments)
            throws MisuseException {
        boolean absent = arguments.has("--if-absent");
        Optional<String> match = arguments.option("--if-match");
        if (absent && match.isPresent()) {
            throw new MisuseException("--if-absent and --if-match exclude each other");
        }
        List<String> query = new ArrayList<>(List.of("plain"));
        arguments.option("--ttl").ifPresent(ttl -> query.add("ttl=" + ttl));
        OptionalLong copies = arguments.number("--copies");
        copies.ifPresent(count -> query.add("copies=" + count + "&wait=" + COPIES_WAIT_MS + "ms"));
        ClientRequest request = ClientRequest.json("PUT", key.target() + "?" + String.join("&", query),
                document,
                absent || match.isPresent() ? ClientRequest.Repeat.HARMFUL : ClientRequest.Repeat.HARMLESS)
                .waiting(copies.isPresent() ? COPIES_WAIT_MS : 0);
        return absent ? request.with("If-None-Match", "*")
                : match.isPresent() ? request.with("If-Match", "\"" + match.get() + "\"") : request;
    }

    private void print(KeyPath key, ClientResponse response, Arguments arguments) {
        String done = response.status() == CREATED ? "created" : "replaced";
        String id = response.member("uuid");
        Row row = new Row().text("done", done).text("path", key.text())
                .text("uuid", id, invocation.isTerminal() ? RevisionName.shortened(id) : id);
        try (ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), false)) {
            results.add(row);
        }
    }
}
