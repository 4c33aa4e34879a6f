package kvs.api;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import kvs.bundle.PartnerReport;
import kvs.cluster.MemberView;
import kvs.cluster.NodeFacts;
import kvs.health.HealthRegistry;
import kvs.json.JsonWriter;
import kvs.model.HealthProblem;
import kvs.model.Member;
import kvs.world.Clock;

/**
 * The state of the cluster as a node sees it, and its problems with their cures: as members of a JSON object
 * for programs, and as a table for people. Both have the same content.
 */
public final class HealthReport {

    private final ClusterFacts cluster;
    private final HealthRegistry health;
    private final String self;

    /**
     * The facts about the cluster.
     *
     * @param members all of them, this node included
     * @param lag the lag of this node behind a member, ms, by its origin
     * @param own the facts about this node
     * @param backupMs time of its last backup, Unix ms, 0 for never
     * @param partners the other sites
     */
    public record ClusterFacts(Supplier<List<MemberView>> members, Function<UUID, Optional<Long>> lag,
            Supplier<NodeFacts> own, LongSupplier backupMs,
            Supplier<List<PartnerReport>> partners) { }

    /** A report of the node with the id {@code self}. */
    HealthReport(ClusterFacts cluster, HealthRegistry health, String self) {
        this.cluster = cluster;
        this.health = health;
        this.self = self;
    }

    private Optional<NodeFacts> facts(MemberView member) {
        return isSelf(member) ? Optional.of(cluster.own.get()) : NodeFacts.of(member.nodeStatus());
    }

    private boolean isSelf(MemberView member) {
        return member.member().id().equals(self);
    }

    /** Adds the members {@code members}, {@code last_backup_at} and {@code problem_details}. */
    void write(JsonWriter json) {
        json.name("members").array();
        for (MemberView member : cluster.members.get()) {
            json.object().field("id", member.member().id()).field("address", member.member().address())
                    .field("self", isSelf(member)).field("status", member.status().text())
                    .field("mode", member.nodeStatus().mode().text()).field("silent_ms", member.silentMs());
            cluster.lag.apply(member.member().origin()).ifPresent(ms -> json.field("lag_ms", ms));
            json.field("versions", member.nodeStatus().count());
            facts(member).ifPresent(facts -> {
                json.field("version", facts.version()).field("uptime_ms", facts.uptimeMs());
                facts.diskFreeBytes().ifPresent(bytes -> json.field("disk_free_bytes", bytes));
                facts.certificateEndsMs().ifPresent(ms -> json.field("certificate_ends_at", ms));
            });
            json.end();
        }
        json.end();
        if (cluster.backupMs.getAsLong() > 0) {
            json.field("last_backup_at", cluster.backupMs.getAsLong());
        }
        partners(json);
        json.name("problem_details").array();
        for (HealthProblem problem : health.problems()) {
            json.object().field("kind", problem.kind().name().toLowerCase(Locale.ROOT))
                    .field("detail", problem.detail()).field("cure", ProblemCures.of(problem.kind())).end();
        }
        json.end();
    }

    /** Writes the partners, if there are any. */
    private void partners(JsonWriter json) {
        List<PartnerReport> partners = cluster.partners.get();
        if (partners.isEmpty()) {
            return;
        }
        json.name("partners").array();
        for (PartnerReport partner : partners) {
            json.object().field("name", partner.name()).field("sends", partner.sends())
                    .field("receives", partner.receives()).field("last_bundle", partner.lastBundle())
                    .field("heard_at", partner.heardMs()).field("waiting", partner.waiting())
                    .field("waits_until", partner.waitsUntilMs()).field("unfinished", partner.unfinished())
                    .end();
        }
        json.end();
    }

    /** The table; {@code nowMs} is the present time. */
    String text(String status, long nowMs) {
        List<MemberView> members = cluster.members.get();
        long alive = members.stream().filter(member -> member.status() == Member.Status.ALIVE).count();
        StringBuilder text = new StringBuilder("kvs ").append(status.toUpperCase(Locale.ROOT))
                .append("  ").append(alive).append(" of ").append(members.size()).append(" alive, ")
                .append(backup(nowMs)).append("\n\n");
        List<String> head = new ArrayList<>(List.of("NODE", "ADDRESS", "STATUS", "MODE", "LAG", "VERSIONS",
                "DISK FREE", "UP", "PROGRAM"));
        boolean isSecure = members.stream().anyMatch(member -> certificateEnds(member).isPresent());
        if (isSecure) {
            head.add("CERTIFICATE ENDS");
        }
        TextTable table = new TextTable(head.toArray(String[]::new));
        for (MemberView member : members) {
            List<String> row = row(member);
            if (isSecure) {
                row.add(certificateEnds(member).map(ms -> Instant.ofEpochMilli(ms).toString()).orElse("-"));
            }
            table.row(row.toArray(String[]::new));
        }
        text.append(table.text());
        for (PartnerReport partner : cluster.partners.get()) {
            text.append("\npartner ").append(partner.name()).append("  ").append(partner.heardMs() == 0
                    ? "not heard of yet" : "heard " + TextTable.duration(nowMs - partner.heardMs()) + " ago");
            if (partner.waiting() > 0) {
                text.append(", ").append(partner.waiting()).append(" dead versions wait for it until ")
                        .append(Clock.utc(partner.waitsUntilMs()));
            }
            text.append(partner.unfinished() ? ", a merge has not ended\n" : "\n");
        }
        for (HealthProblem problem : health.problems()) {
            text.append("\n! ").append(problem.detail()).append("\n  -> ")
                    .append(ProblemCures.of(problem.kind())).append('\n');
        }
        return text.toString();
    }

    private String backup(long nowMs) {
        long last = cluster.backupMs.getAsLong();
        return last == 0 ? "no backup yet" : "backup " + TextTable.duration(nowMs - last) + " ago";
    }

    private Optional<Long> certificateEnds(MemberView member) {
        return facts(member).map(NodeFacts::certificateEndsMs).filter(OptionalLong::isPresent)
                .map(OptionalLong::getAsLong);
    }

    private List<String> row(MemberView member) {
        Optional<NodeFacts> facts = facts(member);
        String status = member.status() == Member.Status.ALIVE ? "alive"
                : member.status().text() + " for " + TextTable.duration(member.silentMs());
        return new ArrayList<>(List.of(member.member().id() + (isSelf(member) ? "*" : ""),
                member.member().address(), status, member.nodeStatus().mode().text(),
                cluster.lag.apply(member.member().origin()).map(ms -> ms + " ms").orElse("-"),
                Long.toString(member.nodeStatus().count()),
                facts.map(NodeFacts::diskFreeBytes).filter(OptionalLong::isPresent)
                        .map(bytes -> TextTable.bytes(bytes.getAsLong())).orElse("-"),
                facts.map(known -> TextTable.duration(known.uptimeMs())).orElse("-"),
                facts.map(NodeFacts::version).orElse("-")));
    }
}
