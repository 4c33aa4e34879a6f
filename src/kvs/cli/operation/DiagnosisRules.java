package kvs.cli.operation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import kvs.command.HumanReadable;

/** The rules that make findings, each with its cure, from the symptoms of a node. Pure. */
final class DiagnosisRules {

    /** A clock that is off by more than this is wrong. */
    private static final long CLOCK_MS = 5_000;
    /** Less is not enough for a compaction: it is about the space that a node sets aside for deletes. */
    private static final long FREE_BYTES = 256L << 20;
    /** Fewer do not suffice for the connections that a node takes. */
    private static final long FILES_LEAST = 4_096;
    private static final double FILES_SHARE = 0.8;
    private static final long CERTIFICATE_MS = 14 * 86_400_000L;

    private final Symptoms symptoms;
    private final List<Finding> findings = new ArrayList<>();

    /**
     * A result of a check.
     *
     * @param topic its topic
     * @param isFault whether something is wrong
     * @param detail the fault, or what is the case
     * @param cure the remedy; empty without a fault
     */
    record Finding(CheckTopic topic, boolean isFault, String detail, String cure) { }

    private DiagnosisRules(Symptoms symptoms) {
        this.symptoms = symptoms;
    }

    /** The findings in the order of their topics; a topic without a fault has one that says so. */
    static List<Finding> of(Symptoms symptoms) {
        DiagnosisRules diagnosis = new DiagnosisRules(symptoms);
        diagnosis.node();
        diagnosis.clock();
        diagnosis.space();
        diagnosis.openFiles();
        diagnosis.certificates();
        diagnosis.version();
        diagnosis.machine();
        return diagnosis.ordered();
    }

    private void node() {
        if (symptoms.report().isEmpty()) {
            fault(CheckTopic.NODE, symptoms.failure(), "Look at its log (journalctl -u kvs), and start it");
            return;
        }
        for (ClusterReport.Problem problem : symptoms.report().get().problems()) {
            fault(CheckTopic.of(problem.kind()), problem.detail(), problem.cure());
        }
    }

    private void clock() {
        OptionalLong node = symptoms.clocks().nodeMs();
        long off = node.isEmpty() ? 0 : symptoms.clocks().hereMs() - node.getAsLong();
        if (Math.abs(off) > CLOCK_MS) {
            fault(CheckTopic.CLOCK, "the clock of this machine is " + HumanReadable.age(Math.abs(off)) + " "
                    + (off > 0 ? "ahead of" : "behind") + " that of the node",
                    "Set the one that is wrong (chronyc makestep), and keep both by NTP");
        }
    }

    private void space() {
        Optional<Symptoms.Machine> machine = symptoms.machine();
        if (machine.isPresent() && machine.get().freeBytes().isEmpty()) {
            fault(CheckTopic.DISK, "the disk of " + machine.get().directory() + " does not report its free"
                    + " space", "Look at the file system (dmesg, df, mount)");
        }
        symptoms.report().ifPresent(report -> report.members().forEach(member -> free(member.id(),
                member.diskFreeBytes())));
    }

    private void free(String id, OptionalLong bytes) {
        if (bytes.isPresent() && bytes.getAsLong() < FREE_BYTES) {
            fault(CheckTopic.SPACE, "the disk of " + id + " has only "
                    + HumanReadable.bytes(bytes.getAsLong()) + " free",
                    "Delete keys or old backups and run kvs compact, or give the disk more space");
        }
    }

    private void openFiles() {
        OptionalLong most = symptoms.files().most();
        OptionalLong open = symptoms.files().open();
        boolean isLow = most.isPresent() && most.getAsLong() < FILES_LEAST;
        boolean isNear = most.isPresent() && open.isPresent()
                && open.getAsLong() > most.getAsLong() * FILES_SHARE;
        if (isLow || isNear) {
            fault(CheckTopic.OPEN_FILES, "the node may open " + most.getAsLong() + " files and connections,"
                    + " and has " + (open.isEmpty() ? "some" : Long.toString(open.getAsLong())),
                    "Set LimitNOFILE=65536 in its unit, or ulimit -n 65536 before it starts, and restart it");
        }
    }

    private void certificates() {
        symptoms.machine().ifPresent(machine -> certificate("the node", machine.certificateEndsMs()));
        symptoms.report().ifPresent(report -> report.members().stream().filter(member -> !member.self())
                .forEach(member -> certificate(member.id(), member.certificateEndsMs())));
    }

    private void certificate(String node, OptionalLong ends) {
        long left = ends.isEmpty() ? Long.MAX_VALUE : ends.getAsLong() - symptoms.clocks().hereMs();
        if (left < CERTIFICATE_MS) {
            fault(CheckTopic.CERTIFICATE, "the certificate of " + node
                    + (left < 0 ? " has expired" : " ends") + " on "
                    + Instant.ofEpochSecond(ends.getAsLong() / 1_000),
                    "Put a valid certificate and key in place; they are used within ten seconds");
        }
    }

    private void version() {
        Set<String> others = new TreeSet<>();
        symptoms.report().ifPresent(report -> report.members().stream()
                .filter(member -> !member.version().isEmpty()
                        && !member.version().equals(symptoms.version()))
                .forEach(member -> others.add(member.id() + " runs " + member.version())));
        if (!others.isEmpty()) {
            fault(CheckTopic.VERSION, "this program is " + symptoms.version() + ", and "
                    + String.join(", ", others), "Upgrade the older one: replace its jar and restart it");
        }
    }

    private void machine() {
        symptoms.machine().ifPresent(machine -> machine.exposed().forEach(file -> fault(
                CheckTopic.FILE_MODES, file.path() + " may be " + file.access(),
                "chmod o-rwx " + file.path())));
    }

    private void fault(CheckTopic topic, String detail, String cure) {
        boolean isKnown = findings.stream().anyMatch(finding -> finding.topic == topic
                && finding.cure.equals(cure) && finding.detail.equals(detail));
        if (!isKnown) {
            findings.add(new Finding(topic, true, detail, cure));
        }
    }

    private List<Finding> ordered() {
        List<Finding> ordered = new ArrayList<>();
        for (CheckTopic topic : CheckTopic.values()) {
            List<Finding> faults = findings.stream().filter(finding -> finding.topic == topic).toList();
            ordered.addAll(faults);
            boolean isKnown = symptoms.report().isPresent() || topic == CheckTopic.FILE_MODES
                    && symptoms.machine().isPresent();
            if (faults.isEmpty() && isKnown) {
                ordered.add(new Finding(topic, false, topic.good(), ""));
            }
        }
        return ordered;
    }
}
