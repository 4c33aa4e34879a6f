package kvs.cli.keys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClientSession;
import kvs.client.ClusterClient;
import kvs.client.JsonFields;
import kvs.client.RefusalReport;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.Command;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.Confirmation;
import kvs.command.ExitStatus;
import kvs.command.GlobalOptions;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OptionSpec;
import kvs.command.OutputFormat;
import kvs.command.Progress;
import kvs.command.ResultWriter;
import kvs.command.Row;
import kvs.command.ValueType;
import kvs.documents.DocumentLimits;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;
import kvs.world.FailureText;
import kvs.world.UserFiles;

/** The command {@code apply}: does the operations in the lines of a file, all or none. */
public final class ApplyCommand implements Command {

    private static final int FAILED = 300;
    private static final int CONDITION = 412;
    private static final int CONFLICT = 409;
    private static final int DEPTH_AROUND = 3;
    private static final int BYTES_AROUND = 64;
    private static final String PER_LINE = "--no-atomic";
    private static final List<String> KINDS = List.of("put", "delete", "check", "get");

    private final Invocation invocation;

    /** The command, for one run of the program. */
    public ApplyCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    /**
     * An operation.
     *
     * @param line its line in the file, from 1
     * @param kind its kind
     * @param path its key
     * @param json the whole operation
     */
    private record Change(int line, String kind, String path, byte[] json) { }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("apply", "do the operations in a file, all or none")
                .form(ArgumentSpec.of("FILE", ValueType.FILE, "an operation a line, as in a batch of the API;"
                        + " - is the standard input"))
                .flag(PER_LINE, "each line for itself, also more than a batch takes")
                .flag("--dry-run", "only check the lines and print what would be done")
                .option(OptionSpec.flag("--yes", "do not ask before more than one key is"
                        + " deleted").letter('y'))
                .note("A line is {\"op\":\"put\",\"path\":\"a\",\"data\":1}; op is put, delete, check or get,"
                        + " with if_match, if_none_match and ttl. A batch takes 10 000 lines and 32 MiB.")
                .example("kvs apply changes.ndjson", "all of it, or nothing")
                .example("kvs apply changes.ndjson --no-atomic", "whatever of it can be done")
                .status(ExitStatus.FAILED, "nothing was done, or with --no-atomic some lines failed")
                .status(ExitStatus.CONDITION_FAILED, "an operation failed, so nothing was done")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        List<Change> changes = read(arguments.at(0));
        boolean atomic = !arguments.has(PER_LINE);
        List<List<Change>> batches = batches(changes);
        if (atomic && batches.size() > 1) {
            throw new CommandException(ExitStatus.FAILED, "nothing was done: a batch takes at most "
                    + DocumentLimits.OPS_MAX + " operations and " + (DocumentLimits.BATCH_BYTES_MAX >> 20)
                    + " MiB, and " + arguments.at(0) + " has " + changes.size() + " operations in "
                    + bytes(changes) + " bytes. Split it, or add " + PER_LINE);
        }
        try (ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), false)) {
            if (arguments.has("--dry-run")) {
                changes.forEach(change -> results.add(row(change, "would be done")));
                return ExitStatus.DONE;
            }
            long deletes = changes.stream().filter(change -> change.kind.equals("delete")).count();
            if (deletes > 1) {
                Confirmation.ask(invocation, arguments.has("--yes"), "delete " + deletes + " keys");
            }
            return apply(arguments, batches, atomic, results);
        }
    }

    private ExitStatus apply(Arguments arguments, List<List<Change>> batches, boolean atomic,
            ResultWriter results) throws MisuseException, CommandException, IOException {
        Progress progress = new Progress(invocation, "operations", arguments.has(GlobalOptions.QUIET));
        long total = batches.stream().mapToLong(List::size).sum();
        long done = 0;
        long failed = 0;
        try (ClusterClient client = ClientSession.of(invocation, arguments).client(invocation, arguments)) {
            for (List<Change> batch : batches) {
                String undone = done == 0 ? "nothing was done"
                        : "only the first " + done + " operations were sent";
                ClientResponse response = client.send(request(batch, atomic), undone);
                boolean rolledBack = response.status() == CONFLICT
                        && response.member("reason").equals("batch_failed");
                if (!response.isGood() && !rolledBack) {
                    throw RefusalReport.of(undone, response);
                }
                failed += report(batch, response, rolledBack, results);
                done += batch.size();
                progress.show(done, total);
            }
        }
        progress.clear();
        if (failed > 0) {
            invocation.err().println("kvs: " + (atomic ? "nothing was done: " : "") + failed + " of " + total
                    + " operations failed");
        }
        return failed == 0 ? ExitStatus.DONE : atomic ? ExitStatus.CONDITION_FAILED : ExitStatus.FAILED;
    }

    private static ClientRequest request(List<Change> batch, boolean atomic) {
        JsonWriter body = new JsonWriter().object().name("ops").array();
        batch.forEach(change -> body.raw(change.json));
        return ClientRequest.json("POST", "/kv/_batch", body.end().field("atomic", atomic).end().toBytes(),
                ClientRequest.Repeat.HARMFUL);
    }

    /** Adds the results of a batch; of one that was rolled back only the failures. Returns their number. */
    private static long report(List<Change> batch, ClientResponse response, boolean rolledBack,
            ResultWriter results) throws CommandException {
        return response.read(json -> {
            long failed = 0;
            List<JsonValue> all = JsonFields.list(json, "results");
            for (int i = 0; i < Math.min(all.size(), batch.size()); i++) {
                long status = JsonFields.number(all.get(i), "status").orElse(0);
                String reason = JsonFields.text(all.get(i), "reason");
                boolean isFault = status >= FAILED && !reason.equals("undone");
                failed += isFault ? 1 : 0;
                if (isFault || !rolledBack) {
                    results.add(row(batch.get(i), isFault ? "failed" : "done").number("status", status)
                            .text("why", isFault ? why(status, all.get(i)) : ""));
                }
            }
            return failed;
        });
    }

    private static String why(long status, JsonValue result) throws JsonException {
        String detail = JsonFields.text(result, "detail");
        return detail.isEmpty() && status == CONDITION ? "a condition did not hold" : detail;
    }

    private static Row row(Change change, String done) {
        return new Row().number("line", change.line).text("op", change.kind).text("path", change.path)
                .text("done", done);
    }

    private List<Change> read(String file) throws MisuseException, IOException {
        byte[] content = file.equals(Invocation.STANDARD) ? UserFiles.of(invocation.in())
                : UserFiles.of(file).orElseThrow(() -> new MisuseException("there is no file " + file));
        List<Change> changes = new ArrayList<>();
        int line = 0;
        int from = 0;
        while (from < content.length) {
            line++;
            int to = from;
            while (to < content.length && content[to] != '\n') {
                to++;
            }
            byte[] text = Arrays.copyOfRange(content, from, to);
            if (!new String(text, StandardCharsets.UTF_8).isBlank()) {
                changes.add(parse(file, line, text));
            }
            from = to + 1;
        }
        if (changes.isEmpty()) {
            throw new MisuseException(file + " has no operation");
        }
        return changes;
    }

    private static Change parse(String file, int line, byte[] text) throws MisuseException {
        try {
            JsonValue json = JsonValue.parse(text, JsonValue.DEPTH_MAX + DEPTH_AROUND);
            String kind = JsonFields.required(json, "op");
            if (!KINDS.contains(kind)) {
                throw new MisuseException("nothing was done: line " + line + " of " + file + ": op must be"
                        + " one of " + String.join(", ", KINDS) + ", not '" + kind + "'");
            }
            return new Change(line, kind, JsonFields.required(json, "path"), text);
        } catch (JsonException e) {
            throw new MisuseException("nothing was done: line " + line + " of " + file
                    + " is not an operation such as {\"op\":\"put\",\"path\":\"a\",\"data\":1}: "
                    + FailureText.text(e));
        }
    }

    private static long bytes(List<Change> changes) {
        return BYTES_AROUND + changes.stream().mapToLong(change -> change.json.length + 1L).sum();
    }

    /** The operations in parts of which each fits into a batch. */
    private static List<List<Change>> batches(List<Change> changes) {
        List<List<Change>> batches = new ArrayList<>();
        List<Change> batch = new ArrayList<>();
        long bytes = BYTES_AROUND;
        for (Change change : changes) {
            boolean full = batch.size() == DocumentLimits.OPS_MAX
                    || bytes + change.json.length + 1 > DocumentLimits.BATCH_BYTES_MAX;
            if (full && !batch.isEmpty()) {
                batches.add(batch);
                batch = new ArrayList<>();
                bytes = BYTES_AROUND;
            }
            batch.add(change);
            bytes += change.json.length + 1;
        }
        batches.add(batch);
        return batches;
    }
}
