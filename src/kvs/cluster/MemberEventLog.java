package kvs.cluster;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import kvs.model.Member;
import kvs.model.Member.Status;
import kvs.world.EventKind;
import kvs.world.Logger;

/**
 * Logs the events of the cluster as this node sees them: one line for each change, none for a state that
 * lasts. Compares the present members with the previous ones. Belongs to one task.
 */
final class MemberEventLog {

    private static final String MEMBER = "member";
    private static final String ADDRESS = "address";
    private static final String SILENT = "silent_ms";
    private static final String REASON = "reason";

    private final Logger log;
    private final Reasons reasons;
    private Map<String, MemberView> before = new HashMap<>();
    private Optional<MemberView> self = Optional.empty();

    /**
     * The reasons of events.
     *
     * @param silence the reason for the silence of an address
     * @param departure the source of the report that the member of an id has left
     */
    record Reasons(Function<String, String> silence, Function<String, String> departure) { }

    MemberEventLog(Logger log, Reasons reasons) {
        this.log = log;
        this.reasons = reasons;
    }

    /** Logs changes of this node. */
    void look(MemberView me) {
        self.ifPresent(known -> changed(known, me));
        self = Optional.of(me);
    }

    /** Logs changes of all members. */
    void look(List<MemberView> members) {
        Map<String, MemberView> now = new HashMap<>();
        members.forEach(member -> now.put(member.member().id(), member));
        members.forEach(member -> look(Optional.ofNullable(before.get(member.member().id())), member));
        Set<String> gone = new HashSet<>(before.keySet());
        gone.removeAll(now.keySet());
        gone.forEach(id -> removed(before.get(id)));
        before = now;
    }

    private void changed(MemberView known, MemberView me) {
        if (!known.member().origin().equals(me.member().origin())) {
            log.event(EventKind.NODE_NEW_LIFE, "from", known.member().origin(),
                    "to", me.member().origin());
        } else if (known.member().incarnation() != me.member().incarnation()) {
            log.event(EventKind.NODE_REFUTED);
        }
    }

    private void look(Optional<MemberView> known, MemberView now) {
        Member member = now.member();
        if (known.isEmpty()) {
            if (now.status() != Status.LEFT) {
                log.event(EventKind.MEMBER_JOINED, MEMBER, member.id(), ADDRESS, member.address(),
                        "mode", now.nodeStatus().mode().text());
            }
            return;
        }
        MemberView last = known.get();
        if (last.status() != now.status()) {
            status(last, now);
        }
        if (!last.member().origin().equals(member.origin())) {
            log.event(EventKind.MEMBER_NEW_LIFE, MEMBER, member.id(), ADDRESS, member.address(),
                    "from", last.member().origin(), "to", member.origin());
        } else if (last.nodeStatus().boot() != now.nodeStatus().boot()) {
            log.event(EventKind.MEMBER_RESTARTED, MEMBER, member.id(), ADDRESS, member.address());
        }
        if (!last.member().address().equals(member.address())) {
            log.event(EventKind.MEMBER_MOVED, MEMBER, member.id(), "from", last.member().address(),
                    "to", member.address());
        }
        if (last.nodeStatus().mode() != now.nodeStatus().mode() && now.status() != Status.LEFT) {
            log.event(EventKind.MEMBER_MODE, MEMBER, member.id(),
                    "from", last.nodeStatus().mode().text(), "to", now.nodeStatus().mode().text());
        }
    }

    private void status(MemberView last, MemberView now) {
        String id = now.member().id();
        String address = now.member().address();
        switch (now.status()) {
            case ALIVE -> {
                if (last.status() == Status.LEFT) {
                    log.event(EventKind.MEMBER_REJOINED, MEMBER, id, ADDRESS, address);
                } else {
                    log.event(EventKind.MEMBER_RETURNED, MEMBER, id, ADDRESS, address,
                            SILENT, last.silentMs());
                }
            }
            case SUSPECT -> log.event(EventKind.MEMBER_SUSPECT, MEMBER, id, ADDRESS, address,
                    SILENT, now.silentMs(), REASON, reasons.silence.apply(address));
            case FAILED -> log.event(EventKind.MEMBER_FAILED, MEMBER, id, ADDRESS, address,
                    SILENT, now.silentMs(), REASON, reasons.silence.apply(address));
            case LEFT -> log.event(EventKind.MEMBER_LEFT, MEMBER, id, ADDRESS, address,
                    SILENT, last.silentMs(), REASON, reasons.departure.apply(id));
        }
    }

    private void removed(MemberView last) {
        if (last.status() != Status.LEFT) {
            log.event(EventKind.MEMBER_REMOVED, MEMBER, last.member().id(), ADDRESS,
                    last.member().address(), SILENT, last.silentMs());
        }
    }
}
