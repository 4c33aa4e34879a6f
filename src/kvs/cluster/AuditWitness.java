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
import kvs.recovery.StoreNotes;
import kvs.store.Store;
import kvs.store.Transaction;
import kvs.store.Write;
import kvs.world.Clock;
import kvs.world.EventKind;
import kvs.world.Logger;
import kvs.world.Task;

/**
 * The memory of the last lines of the tamper logs of all members: each member reports the last durable line
 * of its own log in its heartbeats; this node keeps the highest of each and reports it back. So a log that is
 * cut or put back to an older state, even with its whole store, is detected by the members that remember
 * more, and by its own node. Only what is durable here is reported; it is noted at most once a minute, in one
 * write for all.
 *
 * <pre>
 *   note  witness/ORIGIN        u64 number of the line, its hash (32), node id in UTF-8
 *   field {@value #HEAD}          of a heartbeat: u64, hash: the last durable line of the sender
 *   field {@value #REMEMBERED}    of a heartbeat: (uuid origin, u64, hash)…,
 *                               of members at most {@value #TOLD_MAX}
 * </pre>
 * A line belongs to the life of a directory, so restored backups and copies under another node id, which
 * begin a new life, are compared with nothing. The line of a new run of a member is taken only after the last
 * line of its previous run is noted, because only then can the new run be told that it has lost lines.
 * Members of the first release report no line and receive none. At most {@value #MAX} lives are remembered; a
 * new one takes the place of a former member's. Stepped by one thread; the rest is thread-safe.
 */
public final class AuditWitness implements Task {

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
    private final Dependencies dependencies;
    private final Map<UUID, RememberedLine> anchors = new ConcurrentHashMap<>();
    private final Map<UUID, RememberedLine> saved = new ConcurrentHashMap<>();
    private final AtomicBoolean saving = new AtomicBoolean();
    /** Ids of this directory in this run: members may report on any of them. */
    private final Set<UUID> lives = new HashSet<>();
    /** The last line of this node's log that each member reported: each is looked up in the log once. */
    private final Map<UUID, Anchor> judged = new HashMap<>();
    private final Set<String> named = new HashSet<>();
    private long savedNanos;

    /** The dependencies: the clock for the interval of notes, and the log for operators. */
    public record Dependencies(Clock clock, Logger log) { }

    /** Stands for an unknown run of a node. */
    private static final long NO_BOOT = -1;

    /** The highest line of a member, its node id, and the run that reported the line. */
    private record RememberedLine(Anchor anchor, String node, long boot) { }

    /**
     * The line of a log that a witness remembers.
     *
     * @param origin id of the life of the directory
     * @param node id of its node, empty if the witness does not report it
     * @param anchor the line
     * @param by node id of the witness
     */
    public record Testimony(UUID origin, String node, Anchor anchor, String by) { }

    /** The memory of a node; {@code own} remembers its own log, empty if it keeps none. */
    public AuditWitness(Store store, Membership membership, Optional<AuditAnchorKeeper> own,
            Dependencies dependencies) {
        this.store = store;
        this.membership = membership;
        this.own = own;
        this.dependencies = dependencies;
        this.savedNanos = dependencies.clock.nanos();
        store.notes().all().forEach((name, body) -> {
            if (name.startsWith(PREFIX)) {
                UUID origin = UUID.fromString(name.substring(PREFIX.length()));
                AuditAnchorKeeper.decode(body)
                        .ifPresent(anchor -> anchors.put(origin, new RememberedLine(anchor, new String(body,
                                ANCHOR_BYTES, body.length - ANCHOR_BYTES, StandardCharsets.UTF_8), NO_BOOT)));
            }
        });
        saved.putAll(anchors);
    }

    /** The fields of heartbeats, by tag. */
    public Map<Integer, byte[]> fields() {
        Map<Integer, byte[]> fields = new TreeMap<>();
        own.map(AuditAnchorKeeper::head).filter(head -> head.seq() > 0)
                .ifPresent(head -> fields.put(HEAD, AuditAnchorKeeper.encode(head)));
        List<UUID> members = membership.seen().stream().map(member -> member.member().origin())
                .filter(saved::containsKey).limit(TOLD_MAX).toList();
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

    /** Takes the lines that members report of their logs and of this node's, and notes new ones. */
    @Override
    public long step() {
        lives.add(store.origin());
        List<MemberView> members = membership.seen();
        judged.keySet().retainAll(members.stream().map(member -> member.member().origin()).toList());
        for (MemberView member : members) {
            head(member.nodeStatus()).ifPresent(anchor -> receive(member, anchor, members));
            for (Map.Entry<UUID, Anchor> reported : reportedAnchors(member.nodeStatus()).entrySet()) {
                if (lives.contains(reported.getKey()) && !reported.getValue()
                        .equals(judged.put(member.member().origin(), reported.getValue()))) {
                    judge(member, reported.getValue());
                }
            }
        }
        Set<String> now = new HashSet<>(problems().stream().map(HealthProblem::detail).toList());
        now.stream().filter(problem -> !named.contains(problem)).forEach(problem ->
                dependencies.log.event(EventKind.TAMPER_LOG_OF_MEMBER, "finding", problem));
        named.clear();
        named.addAll(now);
        if (dependencies.clock.nanos() - savedNanos >= TimeUnit.MILLISECONDS.toNanos(SAVE_MS)) {
            save();
        }
        return TICK_MS;
    }

    private void receive(MemberView member, Anchor anchor, List<MemberView> members) {
        UUID origin = member.member().origin();
        RememberedLine before = anchors.get(origin);
        if (before != null && before.boot != member.nodeStatus().boot()
                && !before.equals(saved.get(origin))) {
            save();
            return;
        }
        if (before != null && before.anchor.seq() >= anchor.seq()) {
            return;
        }
        if (before == null && anchors.size() >= MAX) {
            Set<UUID> present = new HashSet<>(members.stream().map(one -> one.member().origin()).toList());
            anchors.keySet().stream().filter(known -> !present.contains(known)).findFirst()
                    .ifPresent(anchors::remove);
        }
        if (before != null || anchors.size() < MAX) {
            anchors.put(origin, new RememberedLine(anchor, member.member().id(), member.nodeStatus().boot()));
        }
    }

    private void judge(MemberView reporter, Anchor anchor) {
        try {
            if (own.isPresent()) {
                own.get().compareWith(reporter.member().id(), anchor);
            }
        } catch (IOException e) {
            judged.remove(reporter.member().origin());
            dependencies.log.warn("the tamper log cannot be compared with the head that a member remembers",
                    "member", reporter.member().id());
        }
    }

    /** The problems for an operator: members whose logs end before the line that is remembered of them. */
    public List<HealthProblem> problems() {
        List<HealthProblem> problems = new ArrayList<>();
        for (MemberView member : membership.seen()) {
            Optional<Anchor> shown = head(member.nodeStatus());
            RememberedLine known = anchors.get(member.member().origin());
            if (shown.isPresent() && known != null
                    && !agree(known, shown.get(), member.nodeStatus().boot())) {
                problems.add(new HealthProblem(HealthProblem.Kind.TAMPER_LOG_OF_MEMBER,
                        "the tamper log of member " + member.member().id() + " ends at line "
                                + shown.get().seq() + ", this node remembers line " + known.anchor.seq() + ":"
                                + " it was removed, cut, replaced or restored to an older state"));
            }
        }
        return problems;
    }

    /** Within one run a log only grows, so a lower line of the same run is only an older report. */
    private static boolean agree(RememberedLine known, Anchor shown, long boot) {
        boolean less = shown.seq() < known.anchor.seq();
        return shown.seq() > known.anchor.seq() || shown.equals(known.anchor) || less && boot == known.boot;
    }

    /** All remembered lines, of this node and of all members that are heard. */
    public List<Testimony> rememberedLines(String self) {
        List<Testimony> all = new ArrayList<>();
        new TreeMap<>(anchors)
                .forEach((origin, line) -> all.add(new Testimony(origin, line.node, line.anchor, self)));
        for (MemberView member : membership.seen()) {
            reportedAnchors(member.nodeStatus()).forEach(
                    (origin, anchor) -> all.add(new Testimony(origin, "", anchor, member.member().id())));
        }
        return all;
    }

    /** The lines that this node remembers, {@code n:hash}, by the lives of their logs. */
    public Map<UUID, String> heads() {
        Map<UUID, String> heads = new TreeMap<>();
        anchors.forEach((origin, line) -> heads.put(origin, line.anchor.toString()));
        return heads;
    }

    /** Notes all new lines in one write. */
    public void save() {
        savedNanos = dependencies.clock.nanos();
        Map<UUID, RememberedLine> next = new TreeMap<>(anchors);
        Map<String, byte[]> notes = new TreeMap<>();
        next.forEach((origin, line) -> {
            if (!line.equals(saved.get(origin))) {
                byte[] id = line.node.getBytes(StandardCharsets.UTF_8);
                notes.put(PREFIX + origin, ByteBuffer.allocate(ANCHOR_BYTES + id.length)
                        .put(AuditAnchorKeeper.encode(line.anchor)).put(id).array());
            }
        });
        saved.keySet().stream().filter(origin -> !next.containsKey(origin))
                .forEach(origin -> notes.put(PREFIX + origin, new byte[0]));
        if (!notes.isEmpty() && saving.compareAndSet(false, true)) {
            store.submit(new NotesWrite(notes, next));
        }
    }

    private static Optional<Anchor> head(NodeStatus status) {
        return status.field(HEAD).filter(body -> body.length == ANCHOR_BYTES)
                .flatMap(AuditAnchorKeeper::decode);
    }

    /** The lines that a member remembers; empty if the field is malformed. */
    private static Map<UUID, Anchor> reportedAnchors(NodeStatus status) {
        Map<UUID, Anchor> told = new TreeMap<>();
        byte[] body = status.field(REMEMBERED)
                .filter(field -> field.length % TOLD_BYTES == 0 && field.length <= TOLD_MAX * TOLD_BYTES)
                .orElse(new byte[0]);
        ByteBuffer bytes = ByteBuffer.wrap(body);
        while (bytes.hasRemaining()) {
            UUID origin = new UUID(bytes.getLong(), bytes.getLong());
            byte[] anchor = new byte[ANCHOR_BYTES];
            bytes.get(anchor);
            AuditAnchorKeeper.decode(anchor).ifPresent(candidate -> told.put(origin, candidate));
        }
        return told;
    }

    /** The write of new lines. */
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
        public void refused(Refusal refusal) {
            saving.set(false);
        }

        @Override
        public int bytes() {
            return notes.size() * StoreNotes.NUMBER_BYTES;
        }
    }
}
