package kvs.cli.operation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import kvs.client.ClientResponse;
import kvs.client.ClientSession;
import kvs.client.ClusterClient;
import kvs.client.NodeSelection;
import kvs.command.Arguments;
import kvs.command.Command;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.HumanReadable;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OutputFormat;
import kvs.command.ResultWriter;
import kvs.command.Row;
import kvs.command.Style;
import kvs.command.TimeText;
import kvs.json.JsonWriter;

/** The command {@code status}: the state of the cluster, its members, and its problems with their cures. */
public final class StatusCommand implements Command {

    private static final String UNDONE = "the state of the cluster was not read";
    private static final int DATE = "yyyy-mm-dd ".length();
    private static final long DAY_MS = 86_400_000;

    private final Invocation invocation;

    /** The command, for one run of the program. */
    public StatusCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("status", "show the state of the cluster and its members")
                .note("The first node that responds reports how it sees the others; it is marked with a star."
                        + " A lag is the time for which it has not had all writes of that member. The"
                        + " versions are those of all documents, deleted ones that are not purged yet"
                        + " included.")
                .note("A partner is another site. What it may lack is kept, deleted documents too, until it"
                        + " was heard of, or for 1.1 windows.")
                .example("kvs status", "a line for each member, and each problem with its cure")
                .example("kvs status -o json", "the same for a program")
                .status(ExitStatus.FAILED, "the cluster is degraded, or the node does not serve")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        ClientResponse response = ask(arguments);
        ClusterReport report = response.read(ClusterReport::of);
        switch (OutputFormat.of(arguments)) {
            case TABLE -> table(report);
            case JSON, NDJSON -> {
                invocation.raw().write(new JsonWriter().rawOneLine(response.body()).toBytes());
                invocation.raw().write('\n');
                invocation.raw().flush();
            }
            case RAW -> invocation.out().println(Style.safe(report.status()));
        }
        return report.isHealthy() ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    /** The report of the first node that responds, also of one that does not serve. */
    private ClientResponse ask(Arguments arguments) throws MisuseException, CommandException, IOException {
        List<ClientSession> nodes = new NodeSelection(invocation, arguments).all();
        for (int i = 0; i < nodes.size(); i++) {
            try (ClusterClient client = nodes.get(i).client(invocation, arguments)) {
                return ClusterReport.ask(client, UNDONE);
            } catch (CommandException e) {
                if (e.status() != ExitStatus.UNREACHABLE || i == nodes.size() - 1) {
                    throw e;
                }
                invocation.err().println("kvs: no node responds at " + nodes.get(i).endpoints().get(0));
            }
        }
        throw new AssertionError("a session has a node");
    }

    private void table(ClusterReport report) {
        Style.Colour colour = report.isHealthy() ? Style.Colour.GREEN
                : report.status().equals("degraded") ? Style.Colour.YELLOW : Style.Colour.RED;
        long lag = report.lagMs();
        OptionalLong backup = report.lastBackupMs();
        invocation.out().println("kvs "
                + invocation.style().paint(colour, Style.safe(report.status().toUpperCase(Locale.ROOT)))
                + "  " + report.alive() + " of " + report.members().size() + " alive, "
                + (lag == 0 ? "in sync" : HumanReadable.age(lag) + " behind") + ", "
                + (backup.isEmpty() ? "no backup yet"
                : "backup " + HumanReadable.age(invocation.clock().wallMs() - backup.getAsLong()) + " ago"));
        try (ResultWriter rows = new ResultWriter(invocation, OutputFormat.TABLE, false)) {
            report.members().forEach(member -> rows.add(row(member)));
        }
        report.partners().forEach(partner -> invocation.out().println(Style.safe(line(partner))));
        for (ClusterReport.Problem problem : report.problems()) {
            invocation.out().println("! " + Style.safe(problem.detail()) + "\n  → "
                    + Style.safe(problem.cure()));
        }
    }

    private String line(ClusterReport.SitePartner partner) {
        String heard = partner.heardMs() == 0 ? "not heard of yet"
                : "heard " + HumanReadable.age(invocation.clock().wallMs() - partner.heardMs()) + " ago";
        return "partner " + partner.name() + "  " + heard + (partner.waiting() == 0 ? ""
                : ", " + partner.waiting() + " dead versions wait for it until "
                        + TimeText.text(partner.waitsUntilMs(), true))
                + (partner.unfinished() ? ", a merge has not ended" : "");
    }

    private Row row(ClusterReport.MemberReport member) {
        Row row = new Row().text("id", member.id() + (member.self() ? "*" : ""));
        if (member.status().equals("left")) {
            return row.text("status", "left");
        }
        if (!member.isAlive()) {
            return row.text("status", "silent " + HumanReadable.age(member.silentMs()))
                    .text("since", "since " + since(member.silentMs()))
                    .text("cure", "→ kvs members rm " + member.id() + ", if it does not come back");
        }
        return row.text("status", member.mode().equals("normal") ? member.status() : member.mode())
                .text("lag", "lag " + (member.lagMs().isEmpty() ? "-" : member.lagMs().getAsLong() + " ms"))
                .text("versions", member.versions() + " versions")
                .text("disk", member.diskFreeBytes().isEmpty() ? ""
                        : HumanReadable.bytes(member.diskFreeBytes().getAsLong()) + " free")
                .text("up", member.uptimeMs().isEmpty() ? ""
                        : "up " + HumanReadable.age(member.uptimeMs().getAsLong()));
    }

    /** The moment at which a member went silent, without the date when it is today's. */
    private String since(long silentMs) {
        String text = TimeText.text(invocation.clock().wallMs() - silentMs, true);
        return silentMs < DAY_MS ? text.substring(DATE) : text;
    }
}
