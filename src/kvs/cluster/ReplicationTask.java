package kvs.cluster;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import kvs.model.BundleRules;
import kvs.model.Member;
import kvs.world.Task;

/**
 * The task of the replication, until this node leaves its cluster.
 *
 * <pre>
 *   every 200 ms, in this order
 *     greet        records each new status of a member, and checks this directory against it
 *     settle       ends the doubt whether this directory is an old copy, after 5 s at the latest
 *     follow       starts the next step of each follower: a comparison or a poll of the feed
 *     join         notes the stage that a node without data has reached
 *     rename       reports the new id of this directory, if it has one
 *     repair       requests the unreadable versions, every 5 s
 *     save         notes new contacts
 *     agree        raises the protocol that all members read
 *     end origins  finds origins whose writes can come from no node any more
 * </pre>
 */
final class ReplicationTask implements Task {

    private static final long TICK_MS = 200;
    /**
     * Maximal time for which a started node reports no coverage until it has heard all contacts: it may be an
     * old copy.
     */
    private static final long GREETING_MS = 5_000;

    private final Replication.Dependencies dependencies;
    private final Membership membership;
    private final Parts parts;
    private final LongSupplier windowMs;
    /** The last status of each member that was processed. */
    private final Map<UUID, NodeStatus> lastHeard = new HashMap<>();
    private final long startNanos;
    private UUID origin;

    /** The parts of a replication that the task works with. */
    record Parts(PeerHistory peerHistory, PeerHistoryWriter peerHistoryWriter, JoinTracker joinTracker,
            Followers followers, MemberProtocolGate protocolGate, EndedOrigins endedOrigins) { }

    /** A task that has not run yet; {@code windowMs} is the largest window of all nodes. */
    ReplicationTask(Replication.Dependencies dependencies, Membership membership, Parts parts,
            LongSupplier windowMs) {
        this.dependencies = dependencies;
        this.membership = membership;
        this.parts = parts;
        this.windowMs = windowMs;
        this.startNanos = dependencies.clock().nanos();
        this.origin = dependencies.store().origin();
    }

    @Override
    public long step() {
        if (membership.left()) {
            parts.followers.clear();
            return DONE;
        }
        List<MemberView> all = membership.seen();
        List<MemberView> alive = all.stream()
                .filter(member -> member.status() == Member.Status.ALIVE).toList();
        List<MemberView> present = all.stream()
                .filter(member -> member.status() != Member.Status.LEFT).toList();
        all.stream().filter(member -> member.status() == Member.Status.LEFT)
                .forEach(member -> parts.peerHistory.forget(member.member().origin()));
        byte[] mine = dependencies.store().root().tree().summary().digest();
        alive.stream().filter(member -> lastHeard.put(member.member().origin(), member.nodeStatus())
                != member.nodeStatus()).forEach(member -> greet(member, mine));
        settle();
        alive.forEach(member -> parts.followers.tick(member, mine));
        lastHeard.keySet().retainAll(origins(alive));
        parts.followers.retain(origins(present));
        parts.joinTracker.look(alive, parts.followers);
        rename();
        parts.followers.mend();
        parts.peerHistoryWriter.save();
        List<PeerContact> awaited = parts.peerHistory.awaited(windowMs.getAsLong());
        parts.protocolGate.look(awaited);
        parts.endedOrigins.look(new EndedOrigins.ClusterView(present,
                awaited.stream().map(contact -> contact.member().origin()).collect(Collectors.toSet())));
        return TICK_MS;
    }

    private static List<UUID> origins(List<MemberView> members) {
        return members.stream().map(member -> member.member().origin()).toList();
    }

    private void greet(MemberView member, byte[] mine) {
        NodeStatus status = member.nodeStatus();
        boolean equal = Arrays.equals(mine, status.root());
        parts.peerHistory.recordContact(member, equal ? Optional.of(new PeerContact.LastEqual(
                dependencies.clock().wallMs(), dependencies.store().head())) : Optional.empty());
        parts.peerHistory.recordReport(member, origin);
        if (status.tellsCoverage()) {
            long told = Math.min(status.wallMs(), dependencies.clock().wallMs());
            parts.peerHistory.recordCoverage(member.member().origin(), told - BundleRules.SETTLED_MS,
                    status.covered(), dependencies.store().durable());
        }
        dependencies.coverageTracker().check(status);
        status.floor().filter(floor -> status.whole())
                .ifPresent(floor -> dependencies.coverageTracker().purged(floor, status.covered(),
                        status.zones()));
    }

    private void settle() {
        boolean met = parts.peerHistory.allHeard(windowMs.getAsLong());
        long sinceStartMs = TimeUnit.NANOSECONDS.toMillis(dependencies.clock().nanos() - startNanos);
        if (!dependencies.coverageTracker().settled() && (met || sinceStartMs >= GREETING_MS)) {
            dependencies.coverageTracker().settle(met);
        }
    }

    private void rename() {
        if (!origin.equals(dependencies.store().origin())) {
            origin = dependencies.store().origin();
            membership.reborn(origin);
        }
    }
}
