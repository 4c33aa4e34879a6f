package kvs.cli.operation;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClusterClient;
import kvs.client.JsonFields;
import kvs.client.RefusalReport;
import kvs.command.CommandException;
import kvs.json.JsonException;
import kvs.json.JsonValue;

/**
 * The state of the cluster as one node reports it by {@code GET /health?verbose}. Immutable.
 *
 * @param status {@code ok}, {@code degraded}, or the reason why the node does not serve
 * @param members all members, the node itself included
 * @param lastBackupMs time of the last backup of the node, Unix ms; empty for none
 * @param partners the other sites
 * @param problems its problems
 */
public record ClusterReport(String status, List<MemberReport> members, OptionalLong lastBackupMs,
        List<SitePartner> partners, List<Problem> problems) {

    /** The request for it. */
    public static final String TARGET = "/health?verbose";
    private static final String ALIVE = "alive";
    private static final int UNAVAILABLE = 503;

    /**
     * A member.
     *
     * @param id its id
     * @param self whether it is the node that reports
     * @param status {@code alive}, {@code suspect}, {@code failed} or {@code left}
     * @param mode its mode
     * @param silentMs time since it was heard, ms
     * @param lagMs for how long the node has not had all its writes, ms
     * @param versions number of versions of documents
     * @param version of the program; empty when unknown
     * @param uptimeMs time since its start, ms
     * @param diskFreeBytes free bytes on its disk
     * @param certificateEndsMs end of its certificate, Unix ms; empty without https
     */
    public record MemberReport(String id, boolean self, String status, String mode, long silentMs,
            OptionalLong lagMs, long versions, String version, OptionalLong uptimeMs,
            OptionalLong diskFreeBytes, OptionalLong certificateEndsMs) {

        /** Whether it responds. */
        public boolean isAlive() {
            return status.equals(ALIVE);
        }

        private static MemberReport of(JsonValue json) throws JsonException {
            return new MemberReport(JsonFields.required(json, "id"), JsonFields.flag(json, "self"),
                    JsonFields.required(json, "status"), JsonFields.text(json, "mode"),
                    JsonFields.number(json, "silent_ms").orElse(0), JsonFields.number(json, "lag_ms"),
                    JsonFields.number(json, "versions").orElse(0), JsonFields.text(json, "version"),
                    JsonFields.number(json, "uptime_ms"), JsonFields.number(json, "disk_free_bytes"),
                    JsonFields.number(json, "certificate_ends_at"));
        }
    }

    /**
     * A partner.
     *
     * @param name its name
     * @param heardMs time at which it was last heard of, Unix ms; 0 for never
     * @param waiting dead versions that are kept for it
     * @param waitsUntilMs end of that, Unix ms
     * @param unfinished whether a merge of a file of it was interrupted
     */
    public record SitePartner(String name, long heardMs, long waiting, long waitsUntilMs,
            boolean unfinished) {

        private static SitePartner of(JsonValue json) throws JsonException {
            return new SitePartner(JsonFields.required(json, "name"),
                    JsonFields.number(json, "heard_at").orElse(0),
                    JsonFields.number(json, "waiting").orElse(0),
                    JsonFields.number(json, "waits_until").orElse(0), JsonFields.flag(json, "unfinished"));
        }
    }

    /**
     * A problem.
     *
     * @param kind its kind, in small letters
     * @param detail the fault
     * @param cure the remedy
     */
    public record Problem(String kind, String detail, String cure) { }

    /**
     * Reads the report of a node that is asked once; one that does not serve reports too.
     *
     * @param undone what was not done when there is no report
     */
    static ClientResponse ask(ClusterClient node, String undone) throws CommandException {
        ClientResponse response = node.probe(ClientRequest.get(TARGET), undone);
        boolean isReport = response.isGood() || response.status() == UNAVAILABLE
                && response.member("reason").isEmpty();
        if (!isReport) {
            throw RefusalReport.of(undone, response);
        }
        return response;
    }

    /** The report in the body of a response. */
    public static ClusterReport of(JsonValue json) throws JsonException {
        List<MemberReport> members = new ArrayList<>();
        for (JsonValue member : JsonFields.list(json, "members")) {
            members.add(MemberReport.of(member));
        }
        List<SitePartner> partners = new ArrayList<>();
        for (JsonValue partner : JsonFields.list(json, "partners")) {
            partners.add(SitePartner.of(partner));
        }
        List<Problem> problems = new ArrayList<>();
        for (JsonValue problem : JsonFields.list(json, "problem_details")) {
            problems.add(new Problem(JsonFields.required(problem, "kind"),
                    JsonFields.required(problem, "detail"), JsonFields.text(problem, "cure")));
        }
        return new ClusterReport(JsonFields.required(json, "status"), members,
                JsonFields.number(json, "last_backup_at"), partners, problems);
    }

    /** Whether there is no problem. */
    boolean isHealthy() {
        return status.equals("ok");
    }

    /** The number of members that respond. */
    long alive() {
        return members.stream().filter(MemberReport::isAlive).count();
    }

    /** The longest lag of the node behind a member that responds, ms. */
    long lagMs() {
        return members.stream().filter(MemberReport::isAlive).mapToLong(one -> one.lagMs.orElse(0)).max()
                .orElse(0);
    }
}
