package kvs.cli.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The findings about members that only the report of another node tells. */
class DiagnosisRulesTest {

    private static final long NOW_MS = 1_800_000_000_000L;
    private static final long DAY_MS = 86_400_000;

    private static ClusterReport.MemberReport member(String id, boolean self, OptionalLong certificate) {
        return new ClusterReport.MemberReport(id, self, "alive", "normal", 0, OptionalLong.of(0), 1, "1.0",
                OptionalLong.of(1), OptionalLong.of(1L << 40), certificate);
    }

    private static List<String> certificates(ClusterReport.MemberReport... members) {
        ClusterReport report = new ClusterReport("ok", List.of(members), OptionalLong.empty(), List.of(),
                List.of());
        Symptoms symptoms = new Symptoms(Optional.of(report), "",
                new Symptoms.Clocks(NOW_MS, OptionalLong.empty()), "1.0",
                new Symptoms.OpenFiles(OptionalLong.empty(), OptionalLong.empty()), Optional.empty());
        return DiagnosisRules.of(symptoms).stream()
                .filter(finding -> finding.topic() == CheckTopic.CERTIFICATE && finding.isFault())
                .map(DiagnosisRules.Finding::detail).toList();
    }

    @Test
    void namesTheMembersWhoseCertificateEnds() {
        assertEquals(List.of(
                "the certificate of node2 has expired on 2027-01-14T08:00:00Z",
                "the certificate of node3 ends on 2027-01-28T08:00:00Z"),
                certificates(member("node1", true, OptionalLong.of(NOW_MS - DAY_MS)),
                        member("node2", false, OptionalLong.of(NOW_MS - DAY_MS)),
                        member("node3", false, OptionalLong.of(NOW_MS + 13 * DAY_MS)),
                        member("node4", false, OptionalLong.of(NOW_MS + 14 * DAY_MS)),
                        member("node5", false, OptionalLong.empty())),
                "the node that reports tells its own as a problem");
    }
}
