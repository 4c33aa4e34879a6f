package kvs.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import kvs.model.HostPort;
import kvs.model.Member;
import kvs.world.Clock;

/**
 * The table of members, as seen from this node. A node becomes a member when it is heard itself, never
 * because another one names it: an indirect report only gives an address to try, and names members that have
 * left. The status of a member follows from how long it has been silent here. The status never decides which
 * data is right.
 *
 * <p>Members are known by their node id. Thread-safe: everything is guarded by {@code lock}.
 */
final class MemberTable {

    /** Silence after which a member has failed. */
    static final long FAILED_MS = TimeUnit.SECONDS.toMillis(300);
    /** Silence after which it is removed from the list; its address is tried for ever. */
    static final long REMOVED_MS = TimeUnit.SECONDS.toMillis(600);
    /**
     * Maximal number of addresses that are tried; more are ignored, so that no liar can make this node call
     * the whole world.
     */
    static final int ADDRESSES_MAX = 2_000;

    private final Clock clock;
    private final long suspectMs;
    private final Set<String> seeds;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Row> rows = new TreeMap<>();
    private final Set<String> addresses = new TreeSet<>();
    /** Addresses at which a refused certificate was shown. */
    private final Set<String> suspected = new TreeSet<>();
    private final DepartedMembers departed = new DepartedMembers();
    private Member self;
    private boolean changed;

    /** A member as seen from this node. */
    record Row(Member member, NodeStatus status, long heardMs, long heardNanos) { }

    /** The outcome for a node that introduced itself. */
    enum JoinResult {
        /** The node is a member. */
        MEMBER,
        /** Another node, at another address, has its id. */
        DUPLICATE,
        /** There is no space for one more. */
        FULL,
        /** The node is reported as left; it must refute that by a newer incarnation. */
        DEPARTED
    }

    /** A table with {@code self} alone; {@code seeds} are tried for ever, also after they have responded. */
    MemberTable(Member self, Collection<String> seeds, long suspectMs, Clock clock) {
        this.self = self;
        this.seeds = Set.copyOf(seeds);
        this.suspectMs = suspectMs;
        this.clock = clock;
        seeds.forEach(this::remember);
    }

    /** This node. */
    Member self() {
        return locked(() -> self);
    }

    /** The status of a member after that silence. A pure function. */
    static Member.Status status(boolean left, long silentMs, long suspectMs) {
        if (left) {
            return Member.Status.LEFT;
        }
        return silentMs < suspectMs ? Member.Status.ALIVE : silentMs < FAILED_MS ? Member.Status.SUSPECT
                : Member.Status.FAILED;
    }

    /**
     * Records a status that a node sent to this one itself. The node is a member from now on, unless its id
     * is that of another living node, this one included: all nodes would mix up two nodes with one id.
     */
    JoinResult recordStatus(Member member, NodeStatus status) {
        return locked(() -> {
            if (member.origin().equals(self.origin())) {
                return member.id().equals(self.id()) ? JoinResult.MEMBER : JoinResult.DUPLICATE;
            }
            if (member.left()) {
                depart(member, "its own report");
                return JoinResult.DEPARTED;
            }
            Optional<Row> before = Optional.ofNullable(rows.get(member.id()));
            boolean taken = before.filter(row -> !row.member.origin().equals(member.origin())
                    && !row.member.address().equals(member.address()) && statusOf(row) == Member.Status.ALIVE)
                    .isPresent();
            if (taken || member.id().equals(self.id())) {
                return JoinResult.DUPLICATE;
            }
            if (departed.includes(member)) {
                return JoinResult.DEPARTED;
            }
            if (before.filter(row -> row.member.incarnation() > member.incarnation() && row.member.origin()
                    .equals(member.origin()) && row.status.boot() >= status.boot()).isPresent()) {
                return JoinResult.MEMBER;
            }
            if (before.isEmpty() && rows.size() >= GossipMessage.OTHERS_MAX) {
                return JoinResult.FULL;
            }
            changed |= before.isEmpty() || !before.get().member.equals(member);
            rows.put(member.id(), new Row(member, status, clock.wallMs(), clock.nanos()));
            departed.remove(member.id());
            remember(member.address());
            return JoinResult.MEMBER;
        });
    }

    /**
     * Takes a report on other members: their addresses, and whether they have left. A wrong report on this
     * node itself is refuted.
     */
    void learnFromOthers(Collection<Member> members) {
        locked(() -> {
            members.forEach(this::learnFromOthers);
            return null;
        });
    }

    private void learnFromOthers(Member member) {
        if (member.origin().equals(self.origin())) {
            boolean wrong = member.left() || !member.address().equals(self.address())
                    || !member.id().equals(self.id());
            if (wrong && member.incarnation() >= self.incarnation()) {
                self = self.refuting(member.incarnation());
                changed = true;
            }
            return;
        }
        Optional<Row> row = Optional.ofNullable(rows.get(member.id()));
        boolean newer = row.filter(known -> known.member.incarnation() > member.incarnation()).isEmpty();
        if (member.left() && newer) {
            depart(member, "a report of another member, from it or from an administrator");
        } else if (!member.left() && row.isEmpty() && !departed.includes(member)) {
            remember(member.address());
        }
    }

    /**
     * Removes a member for good, for an administrator; false if there is no such member.
     *
     * @param remembered the member if it is no longer on the list
     */
    boolean remove(String id, Optional<Member> remembered) {
        return locked(() -> {
            Optional<Member> member = Optional.ofNullable(rows.get(id)).map(Row::member).or(() -> remembered)
                    .filter(known -> !known.left());
            member.ifPresent(known -> depart(known, "an administrator removed it here"));
            return member.isPresent();
        });
    }

    /** Replaces this node's own entry: it leaves, or its directory has another id. */
    void become(Member next) {
        locked(() -> {
            self = next;
            changed = true;
            return null;
        });
    }

    /**
     * Keeps the member on the list as one that has left, so that this is spread, until it has been silent for
     * as long as others.
     */
    private void depart(Member member, String reason) {
        Row row = rows.get(member.id());
        boolean news = row == null ? !departed.includes(member) : !row.member.left();
        if (news && (row != null || rows.size() < GossipMessage.OTHERS_MAX)) {
            rows.put(member.id(), new Row(member.asRemoved(), row == null ? NodeStatus.UNKNOWN : row.status,
                    row == null ? 0 : row.heardMs, clock.nanos()));
        }
        departed.add(member, reason);
        if (!seeds.contains(member.address())) {
            addresses.remove(member.address());
        }
        changed |= news;
    }

    /** The source of the report that the member of an id has left. */
    String departure(String id) {
        return locked(() -> departed.reason(id));
    }

    /** Adds an address to try; ignored if it is no host and port. */
    void remember(String address) {
        boolean possible = HostPort.parse(address).isPresent();
        locked(() -> possible && !address.equals(self.address()) && addresses.size() < ADDRESSES_MAX
                && addresses.add(address));
    }

    /** Resets the protocol of the node at an address: another release that reads less runs there now. */
    void backdate(String address) {
        locked(() -> {
            rows.replaceAll((id, row) -> row.member.address().equals(address) ? new Row(row.member,
                    row.status.with(NodeStatus.Extensions.NOTHING), row.heardMs, row.heardNanos) : row);
            return null;
        });
    }

    /** Removes members that have been silent for too long; their addresses stay. */
    void age() {
        locked(() -> rows.values().removeIf(row -> silentMs(row) >= REMOVED_MS));
    }

    /** All members but this one, with their status. */
    List<MemberView> seen() {
        return locked(() -> {
            List<MemberView> seen = new ArrayList<>();
            rows.values().forEach(row -> seen.add(new MemberView(row.member, statusOf(row), row.status,
                    row.heardMs, silentMs(row))));
            return seen;
        });
    }

    /** The living members but this one. */
    List<MemberView> alive() {
        return seen().stream().filter(member -> member.status() == Member.Status.ALIVE).toList();
    }

    /** The members that are reported to others: this node and all members. */
    List<Member> members() {
        return locked(() -> {
            List<Member> members = new ArrayList<>(List.of(self));
            rows.values().forEach(row -> members.add(row.member));
            return members.subList(0, Math.min(members.size(), GossipMessage.OTHERS_MAX));
        });
    }

    /** The addresses to try. */
    List<String> addresses() {
        return locked(() -> List.copyOf(addresses));
    }

    /** Whether an address is still to be tried. */
    boolean wanted(String address) {
        return locked(() -> addresses.contains(address));
    }

    /**
     * Drops an address with another node or none: it is not tried again, unless it is a seed's or a member's.
     */
    void forget(String address) {
        locked(() -> {
            boolean held = seeds.contains(address)
                    || rows.values().stream().anyMatch(row -> row.member.address().equals(address));
            return !held && addresses.remove(address);
        });
    }

    /** Whether there was a change since the last call that others should learn at once. */
    boolean takeChanged() {
        return locked(() -> {
            boolean was = changed;
            changed = false;
            return was;
        });
    }

    /**
     * Doubts the node at an address whose certificate is refused: its own status messages alone do not make
     * it alive.
     */
    void doubt(String address, boolean refused) {
        locked(() -> refused && (suspected.contains(address) || suspected.size() < ADDRESSES_MAX)
                && suspected.add(address));
    }

    /** Ends the doubt: the node has responded from that address. */
    void believe(String address) {
        locked(() -> suspected.remove(address));
    }

    private Member.Status statusOf(Row row) {
        Member.Status status = status(row.member.left(), silentMs(row), suspectMs);
        return status == Member.Status.ALIVE && suspected.contains(row.member.address())
                ? Member.Status.SUSPECT : status;
    }

    private long silentMs(Row row) {
        return TimeUnit.NANOSECONDS.toMillis(clock.nanos() - row.heardNanos);
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
