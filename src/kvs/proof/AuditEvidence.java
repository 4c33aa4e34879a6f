package kvs.proof;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import kvs.audit.AuditLog;
import kvs.audit.AuditVerification;
import kvs.audit.AuditVerification.Anchor;
import kvs.audit.WrittenLine;
import kvs.model.Version;
import kvs.world.Disk;

/**
 * The audit log of a node as evidence of a write: all of its lines are checked before one of them is shown.
 *
 * @param log its directory
 * @param keys its keys; without them its seals are not checked
 */
public record AuditEvidence(Disk log, List<byte[]> keys) {

    /** The reason of a node that keeps no audit log. */
    public static final String NONE = "this node has none (tamper_logging_enabled)";
    /** Rounds in which waiting lines are written; a node that is busier shows the line in the next proof. */
    private static final int ROUNDS_MAX = 100;

    /** The state of a log that nobody writes, and the line that records the write of a version. */
    public AuditState of(Version version, KnownHeads known) throws IOException {
        return of(version, known, Optional.empty());
    }

    /**
     * The same of a log that is being written. Only lines that were durable when this began are shown: a
     * power cut may give the number of a later one to another line.
     */
    AuditState of(Version version, KnownHeads known, AuditLog running) throws IOException {
        int rounds = 0;
        while (rounds < ROUNDS_MAX && running.step() == 0) {
            rounds++;
        }
        return of(version, known, Optional.of(running.head()));
    }

    private AuditState of(Version version, KnownHeads known, Optional<Anchor> durable) throws IOException {
        AuditVerification.Result checked = AuditVerification.run(log, keys, known.store()
                .map(anchor -> List.of(new AuditVerification.WitnessReport(anchor, "the store")))
                .orElse(List.of()));
        if (checked.files() == 0 && checked.fault().isEmpty()) {
            return known.without(NONE);
        }
        if (checked.fault().isPresent()) {
            return known.without("it is not as it was written: " + checked.fault().get());
        }
        Anchor head = durable.orElse(checked.head());
        AuditState absent = known.without("no line of this node records this write: it was made on another"
                + " member, by an import or a merge, before the log began, or its line was removed with the"
                + " oldest ones");
        Optional<WrittenLine> line = WrittenLine.find(log, version.key().text(), version.uuid().toString())
                .filter(found -> found.anchor().seq() <= head.seq());
        return new AuditState(line, line.isPresent() ? "" : absent.absent(), head.toString(),
                absent.storeHead(), absent.remembered());
    }
}
