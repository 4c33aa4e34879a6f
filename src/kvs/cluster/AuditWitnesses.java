package kvs.cluster;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import kvs.audit.AuditAnchorKeeper;
import kvs.audit.AuditVerification.Anchor;
import kvs.model.HealthProblem;
import kvs.model.Refusal;
import kvs.store.Store;
import kvs.store.StoreNotes;
import kvs.store.Transaction;
import kvs.store.Write;
import kvs.world.Clock;
import kvs.world.Logger;
import kvs.world.Task;

/**
 * The memory of how far the tamper logs of all members went: each tells the last durable line of its own log in its heartbeats, this node keeps
 * the highest of each and tells it back. So a log that is cut or put back to an older state, with its store and all, is named by those who
 * remember more, and by its own node. Only what is durable here is told; it is written down at most once a minute, in one write for all.
 *
 * <pre>
 *   note  witness/ORIGIN   u64 number of the line, its hash (32), node id in UTF-8
 *   field {@value #HEAD}   of a heartbeat: u64, hash: the last durable line of the sender
 *   field {@value #REMEMBERED}   of a heartbeat: (uuid origin, u64, hash)…, of members at most {@value #TOLD_MAX}
 * </pre>
 * A line is remembered of the life of a directory, so restored backups and copies under another node id, which begin a new life, are judged by
 * nothing. A new run of a member is heard when what its last run said is written down, because only then it is told that it has lost lines.
 * Members of the first release tell no line and are told none. What is remembered of more than {@value #MAX} lives is forgotten, of
 * those first who are no members. Stepped by one thread; the rest is thread-safe.
 */
public final class AuditWitnesses implements Task {

    static final int HEAD = 16;
    static final int REMEMBERED = 17;
    static final int MAX = 1_000;
    static final int TOLD_MAX = 100;
    private static final String PREFIX = "witness/";
    private static final long TICK_MS = 1_000;
    private static final long SAVE_MS = 60_000;
    private static final int ANCHOR_BYTES = 40;
    private static final int TOLD_BYTES = 2 * Long.BYTES + ANCHOR_BYTES;

    private final Store store;
    private final Membership membership;
    private final Optional<AuditAnchorKeeper> own;
    private final Dependencies doors;
    private final Map<UUID, RememberedLine> points = new ConcurrentHashMap<>();
    private final Map<UUID, RememberedLine> saved = new ConcurrentHashMap<>();
    private final AtomicBoolean saving = new AtomicBoolean();
    /** Ids of this directory in this run: members may speak of any. */
    private final Set<UUID> lives = new HashSet<>();
    /** What each member said of this node's log last: it is looked up in the log once. */
    private final Map<UUID, Anchor> judged = new HashMap<>();
    private final Set<String> named = new HashSet<>();
    private long savedNanos;

    /** The doors that it uses: when to write down, and the log for operators. */
    public record Dependencies(Clock clock, Logger log) { }

    /** Stands for the run of a node that is not known any more. */
    private static final long NO_BOOT = -1;

    /** The highest line of a member, its node id, and the run of it that told the line. */
    private record RememberedLine(Anchor anchor, String node, long boot) { }

    /**
     * What somebody remembers of a log.
     *
     * @param origin id of the life of the directory
     * @param node id of its node, empty when the witness does not say
     * @param anchor the line
     * @param by node id of the witness
     */
    public record Testimony(UUID origin, String node, Anchor anchor, String by) { }

    /** The memory of a node whose own log is remembered by {@code own}, empty while it keeps none. */
    public AuditWitnesses(Store store, Membership membership, Optional<AuditAnchorKeeper> own, Dependencies doors) {
        this.store = store;
        this.membership = membership;
        this.own = own;
        this.doors = doors;
        this.savedNanos = doors.clock.nanos();
        store.notes().all().forEach((name, body) -> {
            if (name.startsWith(PREFIX)) {
                UUID origin = UUID.fromString(name.substring(PREFIX.length()));
                AuditAnchorKeeper.decode(body).ifPresent(anchor -> points.put(origin, new RememberedLine(anchor,
                        new String(body, ANCHOR_BYTES, body.length - ANCHOR_BYTES, StandardCharsets.UTF_8), NO_BOOT)));
            }
        });
        saved.putAll(points);
    }

    /** What is told in heartbeats, by tag. */
    public Map<Integer, byte[]> fields() {
        Map<Integer, byte[]> fields = new TreeMap<>();
        own.map(AuditAnchorKeeper::head).filter(head -> head.seq() > 0).ifPresent(head -> fields.put(HEAD, AuditAnchorKeeper.encode(head)));
        List<UUID> members = membership.seen().stream().map(seen -> seen.member().origin()).filter(saved::containsKey).limit(TOLD_MAX).toList();
        ByteBuffer told = ByteBuffer.allocate(members.size() * TOLD_BYTES);
        for (UUID origin : members) {
            told.putLong(origin.getMostSignificantBits()).putLong(origin.getLeastSignificantBits())
                    .put(AuditAnchorKeeper.encode(saved.get(origin).anchor));
        }
        if (told.capacity() > 0) {
            fields.put(REMEMBERED, told.array());
        }
        return fields;
    }

    /** Hears what members say of their logs and of this node's, and writes down what is new. */
    @Override
    public long step() {
        lives.add(store.origin());
        List<MemberView> members = membership.seen();
        judged.keySet().retainAll(members.stream().map(seen -> seen.member().origin()).toList());
        for (MemberView seen : members) {
            head(seen.nodeStatus()).ifPresent(anchor -> hear(seen, anchor, members));
            for (Map.Entry<UUID, Anchor> told : told(seen.nodeStatus()).entrySet()) {
                if (lives.contains(told.getKey()) && !told.getValue().equals(judged.put(seen.member().origin(), told.getValue()))) {
                    judge(seen, told.getValue());
                }
            }
        }
        Set<String> now = new HashSet<>(problems().stream().map(HealthProblem::detail).toList());
        now.stream().filter(problem -> !named.contains(problem)).forEach(problem -> doors.log.warn("a member's tamper log is not what it was",
                "finding", problem));
        named.clear();
        named.addAll(now);
        if (doors.clock.nanos() - savedNanos >= TimeUnit.MILLISECONDS.toNanos(SAVE_MS)) {
            save();
        }
        return TICK_MS;
    }

    private void hear(MemberView seen, Anchor anchor, List<MemberView> members) {
        UUID origin = seen.member().origin();
        RememberedLine before = points.get(origin);
        if (before != null && before.boot != seen.nodeStatus().boot() && !before.equals(saved.get(origin))) {
            save();
            return;
        }
        if (before != null && before.anchor.seq() >= anchor.seq()) {
            return;
        }
        if (before == null && points.size() >= MAX) {
            Set<UUID> present = new HashSet<>(members.stream().map(one -> one.member().origin()).toList());
            points.keySet().stream().filter(known -> !present.contains(known)).findFirst().ifPresent(points::remove);
        }
        if (before != null || points.size() < MAX) {
            points.put(origin, new RememberedLine(anchor, seen.member().id(), seen.nodeStatus().boot()));
        }
    }

    private void judge(MemberView teller, Anchor anchor) {
        try {
            if (own.isPresent()) {
                own.get().compareWith(teller.member().id(), anchor);
            }
        } catch (IOException e) {
            judged.remove(teller.member().origin());
            doors.log.warn("the tamper log cannot be compared with what a member remembers", "member", teller.member().id());
        }
    }

    /** What an operator should know: members whose logs have less than what is remembered of them. */
    public List<HealthProblem> problems() {
        List<HealthProblem> problems = new ArrayList<>();
        for (MemberView seen : membership.seen()) {
            Optional<Anchor> shown = head(seen.nodeStatus());
            RememberedLine known = points.get(seen.member().origin());
            if (shown.isPresent() && known != null && !agree(known, shown.get(), seen.nodeStatus().boot())) {
                problems.add(new HealthProblem(HealthProblem.Kind.TAMPER_LOG_OF_MEMBER, "the tamper log of member " + seen.member().id() + " ends at line "
                        + shown.get().seq() + ", here line " + known.anchor.seq()
                        + " is remembered: it was removed, cut, replaced or put back to an older state"));
            }
        }
        return problems;
    }

    /** Within one run a log only grows, so who shows less was overtaken by what it said later. */
    private static boolean agree(RememberedLine known, Anchor shown, long boot) {
        boolean less = shown.seq() < known.anchor.seq();
        return shown.seq() > known.anchor.seq() || shown.equals(known.anchor) || less && boot == known.boot;
    }

    /** All that is remembered of logs, here and by those members that are heard. */
    public List<Testimony> testimonies(String self) {
        List<Testimony> all = new ArrayList<>();
        new TreeMap<>(points).forEach((origin, point) -> all.add(new Testimony(origin, point.node, point.anchor, self)));
        for (MemberView seen : membership.seen()) {
            told(seen.nodeStatus()).forEach((origin, anchor) -> all.add(new Testimony(origin, "", anchor, seen.member().id())));
        }
        return all;
    }

    /** Writes down what is new, all of it in one write. */
    public void save() {
        savedNanos = doors.clock.nanos();
        Map<UUID, RememberedLine> next = new TreeMap<>(points);
        Map<String, byte[]> notes = new TreeMap<>();
        next.forEach((origin, point) -> {
            if (!point.equals(saved.get(origin))) {
                byte[] id = point.node.getBytes(StandardCharsets.UTF_8);
                notes.put(PREFIX + origin, ByteBuffer.allocate(ANCHOR_BYTES + id.length).put(AuditAnchorKeeper.encode(point.anchor)).put(id).array());
            }
        });
        saved.keySet().stream().filter(origin -> !next.containsKey(origin)).forEach(origin -> notes.put(PREFIX + origin, new byte[0]));
        if (!notes.isEmpty() && saving.compareAndSet(false, true)) {
            store.submit(new NotesWrite(notes, next));
        }
    }

    private static Optional<Anchor> head(NodeStatus vital) {
        return vital.field(HEAD).filter(body -> body.length == ANCHOR_BYTES).flatMap(AuditAnchorKeeper::decode);
    }

    /** What a member remembers; nothing when that has not the form. */
    private static Map<UUID, Anchor> told(NodeStatus vital) {
        Map<UUID, Anchor> told = new TreeMap<>();
        byte[] body = vital.field(REMEMBERED).filter(field -> field.length % TOLD_BYTES == 0 && field.length <= TOLD_MAX * TOLD_BYTES)
                .orElse(new byte[0]);
        ByteBuffer bytes = ByteBuffer.wrap(body);
        while (bytes.hasRemaining()) {
            UUID origin = new UUID(bytes.getLong(), bytes.getLong());
            byte[] anchor = new byte[ANCHOR_BYTES];
            bytes.get(anchor);
            AuditAnchorKeeper.decode(anchor).ifPresent(point -> told.put(origin, point));
        }
        return told;
    }

    /** The write of what is new. */
    private final class NotesWrite implements Write {

        private final Map<String, byte[]> notes;
        private final Map<UUID, RememberedLine> next;

        NotesWrite(Map<String, byte[]> notes, Map<UUID, RememberedLine> next) {
            this.notes = notes;
            this.next = next;
        }

        @Override
        public void decide(Transaction transaction) {
            notes.forEach(transaction::note);
        }

        @Override
        public void written() {
            saved.putAll(next);
            saved.keySet().retainAll(next.keySet());
            saving.set(false);
        }

        @Override
        public void refused(Refusal why) {
            saving.set(false);
        }

        @Override
        public int bytes() {
            return notes.size() * StoreNotes.NUMBER_BYTES;
        }
    }
}
