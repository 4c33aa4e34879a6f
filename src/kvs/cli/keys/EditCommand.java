package kvs.cli.keys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import kvs.command.Confirmation;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.PrettyJson;
import kvs.command.Style;
import kvs.command.ValueType;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.world.FailureText;
import kvs.world.Programs;
import kvs.world.ScratchFile;

/**
 * The command {@code edit}: opens a document in the editor of the user and writes it back, if it is valid.
 */
public final class EditCommand implements Command {

    private static final int NOT_FOUND = 404;
    private static final int PRECONDITION = 412;

    private final Invocation invocation;

    /** The command, for one run of the program. */
    public EditCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    /** The present version: its tag, empty when the key does not exist, and its document. */
    private record Present(String tag, byte[] document) { }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("edit", "edit a document in $EDITOR")
                .form(ArgumentSpec.of("KEY", ValueType.KEY, "the key; a new one begins as {}"))
                .note("The editor is $VISUAL, $EDITOR or vi. The document is written only if it is valid"
                        + " JSON and"
                        + " nobody has written the key meanwhile; else you see why, and may go on editing."
                        + " When"
                        + " it is not written, the file with your text stays.")
                .example("kvs edit users/john", "edit a document")
                .status(ExitStatus.CONDITION_FAILED, "somebody was faster; your text is in the file that is"
                        + " named")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        KeyPath key = KeyPath.key(arguments.at(0));
        try (ClusterClient client = ClientSession.of(invocation, arguments).client(invocation, arguments)) {
            Present present = read(client, key);
            String text = PrettyJson.of(present.document, new Style(false)) + "\n";
            ScratchFile file = ScratchFile.make("kvs-edit", ".json", text.getBytes(StandardCharsets.UTF_8));
            while (true) {
                open(file);
                byte[] edited = file.read();
                if (new String(edited, StandardCharsets.UTF_8).equals(text)) {
                    file.delete();
                    invocation.err().println("kvs: " + key + " is unchanged");
                    return ExitStatus.DONE;
                }
                Optional<String> bad = problem(edited);
                if (bad.isPresent()) {
                    again(file, ExitStatus.FAILED, key + " was not written: " + bad.get());
                    continue;
                }
                Optional<Present> newer = write(client, key, present, edited);
                if (newer.isEmpty()) {
                    file.delete();
                    return ExitStatus.DONE;
                }
                invocation.err().println("kvs: somebody was faster; -: their document, +: yours");
                DocumentDiff.print(invocation, newer.get().document, edited);
                again(file, ExitStatus.CONDITION_FAILED, key + " was not written: it has changed meanwhile");
                present = newer.get();
                text = "";
            }
        }
    }

    private static Present read(ClusterClient client, KeyPath key) throws CommandException {
        ClientResponse response = client.send(ClientRequest.get(key.target() + "?raw"), key + " was not"
                + " read");
        if (response.status() == NOT_FOUND) {
            return new Present("", "{}".getBytes(StandardCharsets.UTF_8));
        }
        if (!response.isGood()) {
            throw RefusalReport.of(key + " was not read", response);
        }
        return new Present(response.tag().orElse(""), response.body());
    }

    private void open(ScratchFile file) throws CommandException, IOException {
        String editor = invocation.variable("VISUAL").or(() -> invocation.variable("EDITOR")).orElse("vi");
        if (Programs.run(editor + " \"$1\"", List.of(file.path()), Map.of()) != 0) {
            throw new CommandException(ExitStatus.FAILED, "nothing was written: the editor '" + editor
                    + "' failed. Your text is in " + file.path() + "; set EDITOR to another one");
        }
    }

    private static Optional<String> problem(byte[] edited) {
        try {
            JsonValue.parse(edited);
            return Optional.empty();
        } catch (JsonException e) {
            return Optional.of("it is not JSON: " + FailureText.text(e));
        }
    }

    /** Asks whether to go on; else the failure names the file with the text. */
    private void again(ScratchFile file, ExitStatus status, String why) throws CommandException, IOException {
        invocation.err().println("kvs: " + why);
        try {
            Confirmation.ask(invocation, false, "edit it again");
        } catch (MisuseException no) {
            throw new CommandException(status, "nothing was written. Your text is in " + file.path(), no);
        }
    }

    /** Writes the document; returns the present version when that is another one than expected. */
    private Optional<Present> write(ClusterClient client, KeyPath key, Present present, byte[] edited)
            throws CommandException {
        ClientRequest request = ClientRequest.json("PUT", key.target() + "?plain&ttl=keep", edited,
                ClientRequest.Repeat.HARMFUL);
        ClientResponse response = client.send(present.tag.isEmpty() ? request.with("If-None-Match", "*")
                : request.with("If-Match", "\"" + present.tag + "\""), key + " was not written");
        if (response.status() == PRECONDITION) {
            return Optional.of(read(client, key));
        }
        if (!response.isGood()) {
            throw RefusalReport.of(key + " was not written", response);
        }
        invocation.out().println((present.tag.isEmpty() ? "created  " : "replaced  ") + key + "  "
                + response.member("uuid"));
        return Optional.empty();
    }
}
