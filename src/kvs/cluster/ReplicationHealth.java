package kvs.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import kvs.model.HealthProblem;
import kvs.model.HealthProblem.Kind;

/**
 * The problems of a node with the data of others.
 *
 * @param dependencies dependencies of the replication
 * @param membership membership of this node
 * @param peerHistory contacts that purges wait for
 * @param data service that sends versions to others
 */
record ReplicationHealth(Replication.Dependencies dependencies, Membership membership,
        PeerHistory peerHistory, SyncService data) {

    /** The present problems. */
    List<HealthProblem> list(Collection<Follower> following, long windowMs) {
        List<HealthProblem> problems = new ArrayList<>();
        if (dependencies.coverageTracker().joining()) {
            problems.add(new HealthProblem(Kind.SYNCING,
                    "syncing: this node is receiving the data of its cluster, or has not reached a member"
                            + " yet"));
        } else if (!dependencies.coverageTracker().whole()) {
            problems.add(new HealthProblem(Kind.NOT_WHOLE,
                    "not whole: a part of the log was lost, and is being received from a whole member"));
        }
        if (membership.left()) {
            problems.add(new HealthProblem(Kind.LEFT,
                    "this node has left its cluster: stop it, or restart it to return"));
        }
        for (Follower follower : following) {
            if (!follower.trouble().isEmpty()) {
                problems.add(new HealthProblem(Kind.VERSIONS_WAIT,
                        "peer " + follower.address() + ": " + follower.trouble()));
            }
        }
        peerHistory.awaited(windowMs).forEach(contact -> waits(contact, problems));
        if (data.droppedLately()) {
            problems.add(new HealthProblem(Kind.VERSIONS_DROPPED, data.dropped() + " live versions were"
                    + " dropped here since the start: all other members had purged them"));
        }
        return problems;
    }

    private void waits(PeerContact contact, List<HealthProblem> problems) {
        long silentMs = dependencies.clock().wallMs() - contact.heardMs();
        if (silentMs > MemberTable.FAILED_MS) {
            problems.add(new HealthProblem(Kind.PURGE_WAITS, "deletions are not purged until "
                    + contact.member().id()
                    + " returns, which has been silent for " + TimeUnit.MILLISECONDS.toMinutes(silentMs)
                    + " minutes; if it will not return, send DELETE /members/" + contact.member().id()));
        }
    }
}
