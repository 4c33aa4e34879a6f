package kvs.cluster;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import kvs.model.Coverage;
import kvs.model.CoveredTime;
import kvs.model.Dot;
import kvs.model.Member;
import kvs.recovery.StoreNotes;
import kvs.world.Clock;

/**
 * The history of contacts with other nodes: when each was last heard by any reachable node, its coverage, and
 * when the two held the same. It outlives the list of members, and restarts: a node that was heard within the
 * last 1.1 windows may return, and until it has a tombstone that is not purged. Nodes are distinguished by
 * the id of their directory. Thread-safe: everything is guarded by {@code lock}.
 */
final class PeerHistory {

    /** Smaller changes are not noted: this is the precision of the history after a restart. */
    static final long EXACT_MS = 600_000;
    /**
     * A report is older than it states by the time of its transfer: a smaller difference is no news, or two
     * nodes that report to each other would keep a contact for ever.
     */
    private static final long TELLING_MS = 60_000;
    private static final int MAX = 1_000;

    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<UUID, PeerContact> contacts = new TreeMap<>();
    private final Map<UUID, PeerContact> saved = new TreeMap<>();
    /**
     * The nodes known by reports only, with the members that report them: a node is forgotten when no member
     * reports it any more.
     */
    private final Map<UUID, Set<UUID>> reporters = new TreeMap<>();
    /** The time up to which what each heard node had is covered here; since the start of this node. */
    private final Map<UUID, CoveredTime> coveredTimes = new TreeMap<>();
    /** The nodes on which reports are ignored. */
    private final Set<UUID> forget = new TreeSet<>();

    /** The history in these notes. */
    PeerHistory(StoreNotes notes, Clock clock) {
        this.clock = clock;
        notes.all().forEach((name, body) -> {
            if (name.startsWith(PeerContact.NOTE_PREFIX)) {
                UUID origin = UUID.fromString(name.substring(PeerContact.NOTE_PREFIX.length()));
                PeerContact.decode(origin, body).ifPresent(contact -> {
                    contacts.put(origin, contact);
                    saved.put(origin, contact);
                });
            }
        });
    }

    /** Records the status of a member; {@code equal} if both hold the same now. */
    void recordContact(MemberView member, Optional<PeerContact.LastEqual> equal) {
        UUID origin = member.member().origin();
        locked(() -> {
            PeerContact before = contacts.get(origin);
            if (before != null || contacts.size() < MAX) {
                forget.remove(origin);
                reporters.remove(origin);
                contacts.values().removeIf(other -> replaced(other.member(), member.member()));
                long heard = Math.max(member.heardMs(), before == null ? 0 : before.heardMs());
                long log = Math.max(member.nodeStatus().log(), before == null ? 0 : before.log());
                contacts.put(origin,
                        new PeerContact(member.member(), heard, log, true, member.nodeStatus().covered(),
                                equal.orElse(before == null ? PeerContact.LastEqual.NEVER : before.equal()),
                                member.nodeStatus().protocol()));
            }
            return null;
        });
    }

    /** Records that a member told its coverage at that time, at this node, which covers {@code mine}. */
    void recordCoverage(UUID origin, long atMs, Coverage theirs, Coverage mine) {
        locked(() -> {
            coveredTimes.keySet().retainAll(contacts.keySet());
            return coveredTimes.put(origin, coveredTimes.getOrDefault(origin, CoveredTime.UNKNOWN)
                    .heard(atMs, theirs, mine));
        });
    }

    /** For each contact that may return, the time up to which what it had is covered here; 0 if unknown. */
    List<Long> coveredMs(long windowMs) {
        List<PeerContact> awaited = awaited(windowMs);
        return locked(() -> awaited.stream().map(contact -> coveredTimes
                .getOrDefault(contact.member().origin(), CoveredTime.UNKNOWN).untilMs()).toList());
    }

    /** The directory of a node that was created anew, or renewed, does not return. */
    private static boolean replaced(Member old, Member present) {
        return !old.origin().equals(present.origin()) && old.id().equals(present.id())
                && old.address().equals(present.address());
    }

    /**
     * Records the reports of a member on nodes other than {@code self}, including nodes that this one has
     * never met.
     */
    void recordReport(MemberView reporter, UUID self) {
        UUID from = reporter.member().origin();
        Map<UUID, NodeStatus.PeerReport> known = reporter.nodeStatus().known();
        long saidMs = reporter.heardMs();
        locked(() -> {
            reporters.entrySet().removeIf(each -> {
                boolean nobody = !known.containsKey(each.getKey()) && each.getValue().remove(from)
                        && each.getValue().isEmpty();
                if (nobody) {
                    contacts.remove(each.getKey());
                }
                return nobody;
            });
            known.forEach((origin, report) -> {
                if (!origin.equals(self) && !forget.contains(origin)
                        && (contacts.containsKey(origin) || contacts.size() < MAX)) {
                    PeerContact before = contacts.getOrDefault(origin, PeerContact.stranger(origin));
                    if (before.stranger()) {
                        reporters.computeIfAbsent(origin, id -> new TreeSet<>()).add(from);
                    }
                    long heard = saidMs - report.silentMs() > before.heardMs() + TELLING_MS
                            ? saidMs - report.silentMs() : before.heardMs();
                    contacts.put(origin, new PeerContact(before.member(), heard,
                            Math.max(before.log(), report.log()), before.fresh(), before.covered(),
                            before.equal(), before.protocol()));
                }
            });
            return null;
        });
    }

    /**
     * Removes a node that has left, or that an administrator declared gone for good: nobody waits for it any
     * more.
     */
    void forget(UUID origin) {
        locked(() -> {
            if (forget.size() < MAX) {
                forget.add(origin);
            }
            return contacts.remove(origin);
        });
    }

    /** The most recently heard member with that id. */
    Optional<Member> named(String id) {
        return locked(() -> contacts.values().stream().filter(contact -> contact.member().id().equals(id))
                .max((one, other) -> Long.compare(one.heardMs(), other.heardMs())).map(PeerContact::member));
    }

    /** The last moment when this node and that one held the same. */
    PeerContact.LastEqual equal(UUID origin) {
        return locked(() -> contacts.containsKey(origin) ? contacts.get(origin).equal()
                : PeerContact.LastEqual.NEVER);
    }

    /**
     * The reports on contacts for other nodes; a log reaches at least as far as the versions that came from
     * it.
     */
    Map<UUID, NodeStatus.PeerReport> known(Coverage coverage) {
        long now = clock.wallMs();
        return locked(() -> {
            Map<UUID, NodeStatus.PeerReport> known = new TreeMap<>();
            contacts.forEach((origin, contact) -> {
                if (!contact.stranger()) {
                    known.put(origin, new NodeStatus.PeerReport(Math.max(0, now - contact.heardMs()),
                            Math.max(contact.log(), coverage.of(origin))));
                }
            });
            return known;
        });
    }

    /** Whether there was never any contact. */
    boolean isEmpty() {
        return locked(contacts::isEmpty);
    }

    /** The contacts that purges wait for: heard within the last 1.1 windows. */
    List<PeerContact> awaited(long windowMs) {
        long since = clock.wallMs() - windowMs - windowMs / 10;
        return locked(() -> contacts.values().stream().filter(contact -> contact.heardMs() > since).toList());
    }

    /**
     * Whether all awaited contacts, and at least one contact, were heard since this node started; or there
     * was never any.
     */
    boolean allHeard(long windowMs) {
        return isEmpty() || awaited(windowMs).stream().allMatch(PeerContact::fresh)
                && locked(() -> contacts.values().stream().anyMatch(PeerContact::fresh));
    }

    /**
     * The notes to write, by name; an empty body removes a contact. Returned again until {@link #saved}.
     *
     * @param exactMs smaller changes are not noted: {@link #EXACT_MS}, or 0 when the node stops
     */
    Map<String, byte[]> unsaved(long exactMs) {
        return locked(() -> {
            Map<String, byte[]> notes = new TreeMap<>();
            contacts.forEach((origin, contact) -> {
                PeerContact before = saved.get(origin);
                if (contact.stranger()) {
                    return;
                }
                if (before == null || contact.heardMs() - before.heardMs() >= exactMs
                        || contact.equal().wallMs() - before.equal().wallMs() >= exactMs
                        || before.protocol() != contact.protocol()
                        || before.wasEqual() != contact.wasEqual()) {
                    notes.put(PeerContact.NOTE_PREFIX + origin, contact.encode());
                }
            });
            saved.keySet().stream().filter(origin -> !contacts.containsKey(origin))
                    .forEach(origin -> notes.put(PeerContact.NOTE_PREFIX + origin, new byte[0]));
            return notes;
        });
    }

    /** Records that these notes are written. */
    void saved(Map<String, byte[]> notes) {
        locked(() -> {
            notes.forEach((name, body) -> {
                UUID origin = UUID.fromString(name.substring(PeerContact.NOTE_PREFIX.length()));
                PeerContact.decode(origin, body)
                        .ifPresentOrElse(contact -> saved.put(origin, contact), () -> saved.remove(origin));
            });
            return null;
        });
    }

    /** A step under the lock. */
    private interface LockedAction<T> {
        T take();
    }

    private <T> T locked(LockedAction<T> step) {
        lock.lock();
        try {
            return step.take();
        } finally {
            lock.unlock();
        }
    }
}
