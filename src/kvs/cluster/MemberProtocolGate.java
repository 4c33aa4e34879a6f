package kvs.cluster;

import java.util.ArrayList;
import java.util.List;
import kvs.model.HealthProblem;
import kvs.model.Member;
import kvs.model.ProtocolGate;
import kvs.recovery.StoreNotes;
import kvs.store.Store;

/**
 * The protocol that all members can read which may return: this node and all that any node heard within the
 * last 1.1 windows. A node that never reported a number counts as the first release. Once all can, this is
 * noted durably and stays: a silent member cannot revoke it. A member that arrives with an older release
 * afterwards is reported and not refused: if refused, it would accept writes that reach nobody. Thread-safe.
 *
 * <pre>
 *   note protocol   u64: the highest number that all could read
 * </pre>
 */
final class MemberProtocolGate implements ProtocolGate {

    static final String NOTE = "protocol";

    private final Store store;
    private final CoverageTracker coverageTracker;
    /** The noted number, or one that will be noted before anything that is written from now on. */
    private volatile long agreed;

    MemberProtocolGate(Store store, CoverageTracker coverageTracker, PeerHistory peerHistory) {
        this.store = store;
        this.coverageTracker = coverageTracker;
        this.agreed = store.notes().number(NOTE).orElse((long) FIRST);
        if (peerHistory.isEmpty() && !coverageTracker.joining()) {
            agree(PRESENT);
        }
    }

    @Override
    public boolean all(int number) {
        return number <= agreed;
    }

    /**
     * Checks which protocol all of {@code awaited} and this node can read. The node must be whole, or it does
     * not know them all.
     */
    void look(List<PeerContact> awaited) {
        boolean known = coverageTracker.whole() && coverageTracker.settled();
        int least = awaited.stream().mapToInt(PeerContact::protocol).reduce(PRESENT, Math::min);
        if (known && !all(least)) {
            agree(least);
        }
    }

    /** The writer takes one write after the other: all writes that depend on this follow the note. */
    private void agree(int number) {
        agreed = number;
        coverageTracker.note(NOTE, StoreNotes.number(number),
                () -> agreed = Math.max(FIRST, store.notes().number(NOTE).orElse(0L)));
    }

    /** The present members that cannot read the agreed protocol. */
    List<HealthProblem> problems(List<MemberView> members) {
        List<HealthProblem> problems = new ArrayList<>();
        members.stream().filter(member -> member.status() == Member.Status.ALIVE
                && member.nodeStatus().protocol() < agreed)
                .forEach(member -> problems.add(new HealthProblem(HealthProblem.Kind.OLD_MEMBER,
                        "member " + member.member().id() + " runs an older release, which misreads"
                                + " what this release writes: upgrade it again, or send DELETE /members/"
                                + member.member().id() + " and start it with an empty directory")));
        return problems;
    }
}
