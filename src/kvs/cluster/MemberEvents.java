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
import kvs.world.Log;

/**
 * The events of the cluster as this node sees them: a line of the log for each change, none for a state that lasts. Compares what is seen now
 * with what was seen before. Belongs to one task.
 */
final class MemberEvents {

    private static final String MEMBER = "member";
    private static final String ADDRESS = "address";
    private static final String SILENT = "silent_ms";
    private static final String REASON = "reason";

    private final Log log;
    private final Reasons reasons;
    private Map<String, Seen> before = new HashMap<>();
    private Optional<Seen> self = Optional.empty();

    /**
     * The reasons of events.
     *
     * @param silence why nothing is heard from an address
     * @param departure who said that the member of an id has left
     */
    record Reasons(Function<String, String> silence, Function<String, String> departure) { }

    MemberEvents(Log log, Reasons reasons) {
        this.log = log;
        this.reasons = reasons;
    }

    /** Looks at this node. */
    void look(Seen me) {
        self.ifPresent(known -> changed(known, me));
        self = Optional.of(me);
    }

    /** Looks at all members. */
    void look(List<Seen> members) {
        Map<String, Seen> now = new HashMap<>();
        members.forEach(seen -> now.put(seen.member().id(), seen));
        members.forEach(seen -> look(Optional.ofNullable(before.get(seen.member().id())), seen));
        Set<String> gone = new HashSet<>(before.keySet());
        gone.removeAll(now.keySet());
        gone.forEach(id -> removed(before.get(id)));
        before = now;
    }

    private void changed(Seen known, Seen me) {
        if (known.vital().mode() != me.vital().mode()) {
            log.info("this node changed its mode", "from", known.vital().mode().text(), "to", me.vital().mode().text());
        }
        if (!known.member().origin().equals(me.member().origin())) {
            log.info("this node began a new life", "from", known.member().origin(), "to", me.member().origin());
        } else if (known.member().incarnation() != me.member().incarnation()) {
            log.warn("others were told that this node has left: it told them that it has not");
        }
    }

    private void look(Optional<Seen> known, Seen now) {
        Member member = now.member();
        if (known.isEmpty()) {
            if (now.status() != Status.LEFT) {
                log.info("a member joined", MEMBER, member.id(), ADDRESS, member.address(), "mode", now.vital().mode().text());
            }
            return;
        }
        Seen last = known.get();
        if (last.status() != now.status()) {
            status(last, now);
        }
        if (!last.member().origin().equals(member.origin())) {
            log.info("a member began a new life: its directory is new, renewed or restored", MEMBER, member.id(), ADDRESS, member.address(),
                    "from", last.member().origin(), "to", member.origin());
        } else if (last.vital().boot() != now.vital().boot()) {
            log.info("a member was restarted", MEMBER, member.id(), ADDRESS, member.address());
        }
        if (!last.member().address().equals(member.address())) {
            log.info("a member changed its address", MEMBER, member.id(), "from", last.member().address(), "to", member.address());
        }
        if (last.vital().mode() != now.vital().mode() && now.status() != Status.LEFT) {
            log.info("a member changed its mode", MEMBER, member.id(), "from", last.vital().mode().text(), "to", now.vital().mode().text());
        }
    }

    private void status(Seen last, Seen now) {
        String id = now.member().id();
        String address = now.member().address();
        switch (now.status()) {
            case ALIVE -> {
                if (last.status() == Status.LEFT) {
                    log.info("a member came back that had left", MEMBER, id, ADDRESS, address);
                } else {
                    log.info("a member returned", MEMBER, id, ADDRESS, address, SILENT, last.silentMs());
                }
            }
            case SUSPECT -> log.warn("a member is suspect", MEMBER, id, ADDRESS, address, SILENT, now.silentMs(), REASON,
                    reasons.silence.apply(address));
            case FAILED -> log.warn("a member has failed", MEMBER, id, ADDRESS, address, SILENT, now.silentMs(), REASON,
                    reasons.silence.apply(address));
            case LEFT -> log.info("a member left", MEMBER, id, ADDRESS, address, SILENT, last.silentMs(), REASON, reasons.departure.apply(id));
        }
    }

    private void removed(Seen last) {
        if (last.status() != Status.LEFT) {
            log.warn("a member was taken from the list; its address is tried for ever", MEMBER, last.member().id(), ADDRESS,
                    last.member().address(), SILENT, last.silentMs());
        }
    }
}
