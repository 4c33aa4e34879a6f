package kvs.cli.operation;

import java.io.IOException;
import java.util.List;
import kvs.client.ClientSession;
import kvs.client.NodeSelection;
import kvs.command.Arguments;
import kvs.command.Command;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OutputFormat;
import kvs.command.ResultWriter;
import kvs.command.Row;
import kvs.command.Style;

/** The command {@code doctor}: looks for what is wrong with a node, and names the cure of each fault. */
public final class DoctorCommand implements Command {

    private final Invocation invocation;

    /** The command, for one run of the program. */
    public DoctorCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("doctor", "look for what is wrong, and name the cure")
                .note("It asks each node that is named, and looks into the directory of a node on this"
                        + " machine: clocks, disk and its space, the limit of open files, modes of files, the"
                        + " cluster secret, silent members, dates of certificates, the rate limit, and"
                        + " versions. It changes nothing.")
                .example("kvs doctor", "a line for each check, and the cure of each fault")
                .example("kvs doctor -o json", "the same for a program")
                .status(ExitStatus.FAILED, "there are faults")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        List<ClientSession> nodes = new NodeSelection(invocation, arguments).all();
        boolean isSound = true;
        try (ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), false)) {
            for (ClientSession node : nodes) {
                List<DiagnosisRules.Finding> findings = DiagnosisRules.of(
                        new SymptomCollector(invocation, arguments).collect(node));
                isSound &= findings.stream().noneMatch(DiagnosisRules.Finding::isFault);
                show(findings, node.endpoints().get(0).url(), nodes.size() > 1, results);
            }
        }
        return isSound ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    private void show(List<DiagnosisRules.Finding> findings, String url, boolean named,
            ResultWriter results) {
        for (DiagnosisRules.Finding finding : findings) {
            if (results.isTable()) {
                print(finding, named ? url + "  " : "");
            } else {
                results.add(new Row().text("topic", finding.topic().text()).text("node", url)
                        .flag("fault", finding.isFault(), "").text("detail", finding.detail())
                        .text("cure", finding.cure()));
            }
        }
    }

    private void print(DiagnosisRules.Finding finding, String before) {
        Style style = invocation.style();
        String mark = finding.isFault() ? style.paint(Style.Colour.RED, "FAULT")
                : style.paint(Style.Colour.GREEN, "ok   ");
        invocation.out().println(mark + "  " + before + finding.topic().text() + ": "
                + Style.safe(finding.detail()));
        if (finding.isFault()) {
            invocation.out().println("       → " + Style.safe(finding.cure()));
        }
    }
}
