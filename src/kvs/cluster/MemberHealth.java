package kvs.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import kvs.model.Durations;
import kvs.model.HealthProblem;
import kvs.model.HealthProblem.Kind;
import kvs.model.Member;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.ReplicationRules;

/** Derives the problems with members that a node sees: silence and clocks. Pure functions. */
final class MemberHealth {

    /** A clock with a greater difference is reported. */
    private static final long SKEW_MS = 60_000;
    private static final long SECOND_MS = 1_000;

    private MemberHealth() { }

    /** The problems with these members; {@code silence} gives the reason for the silence of an address. */
    static List<HealthProblem> of(List<MemberView> members, UnaryOperator<String> silence) {
        List<HealthProblem> problems = new ArrayList<>();
        members.forEach(member -> of(member, silence).ifPresent(problems::add));
        return problems;
    }

    private static Optional<HealthProblem> of(MemberView member, UnaryOperator<String> silence) {
        return switch (member.status()) {
            case ALIVE -> Math.abs(aheadMs(member)) <= SKEW_MS ? Optional.empty()
                    : Optional.of(new HealthProblem(Kind.CLOCK_DIFFERS, "the clock of " + member.member().id()
                            + " is " + Math.abs(aheadMs(member)) / SECOND_MS + " s " + (aheadMs(member) > 0
                                    ? "ahead of" : "behind") + " this node's: set the wrong clock"));
            case SUSPECT, FAILED -> Optional.of(new HealthProblem(Kind.MEMBER_SILENT, "member "
                    + member.member().id() + " at " + member.member().address() + " has been silent for "
                    + Durations.text(member.silentMs() / SECOND_MS * SECOND_MS) + ": "
                    + silence.apply(member.member().address())));
            case LEFT -> Optional.empty();
        };
    }

    /** See {@link Membership#clocksAgree}. */
    static boolean clocksAgree(List<MemberView> members) {
        return members.stream().noneMatch(member -> member.status() == Member.Status.ALIVE
                && Math.abs(aheadMs(member)) > ReplicationRules.CLOCK_AHEAD_MS);
    }

    private static long aheadMs(MemberView member) {
        return member.nodeStatus().wallMs() - member.heardMs();
    }

    /**
     * The reason why no client may write here: this node's clock is too far from those of most living
     * members.
     */
    static Optional<Refusal> clock(List<MemberView> members) {
        List<Long> ahead = members.stream().filter(member -> member.status() == Member.Status.ALIVE)
                .map(MemberHealth::aheadMs).toList();
        long wrong = members.isEmpty() ? 0 : ReplicationRules.clockWrong(ahead);
        return wrong == 0 ? Optional.empty() : Optional.of(new Refusal(Reason.CLOCK_WRONG,
                "the clock of this node is " + Math.abs(wrong) / SECOND_MS + " s " + (wrong > 0 ? "behind"
                        : "ahead of") + " the clocks of most others: set it, then the node accepts writes"
                                + " again"));
    }
}
