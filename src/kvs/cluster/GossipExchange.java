package kvs.cluster;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import kvs.model.HealthProblem.Kind;
import kvs.model.Member;
import kvs.model.ProtocolGate;
import kvs.peer.PeerClient;
import kvs.peer.PeerFailure;
import kvs.peer.PeerRequestHandler;
import kvs.peer.PeerSignature;
import kvs.world.Clock;
import kvs.world.Logger;
import kvs.world.Network;

/**
 * The exchange of gossip messages with other nodes: sends them and processes the responses, receives them and
 * responds. What it receives goes into the table of members; an address that responds otherwise than a member
 * has a failure, one that does not respond a reason for its silence. Thread-safe.
 */
final class GossipExchange {

    private static final int OK = 200;
    private static final int MALFORMED = 400;
    private static final int CONFLICT = 409;
    private static final int GONE = 410;
    private static final int FULL = 503;
    /** The receiver of a short heartbeat does not have the status that it stands for. */
    private static final int UNKNOWN_STATUS = 412;
    /** Maximal age of a report in a heartbeat: all heartbeats of one moment share it. */
    private static final long REPORT_MS = 250;

    private final PeerClient line;
    private final MemberTable memberTable;
    private final PeerFailures peerFailures;
    private final SeedHealth seeds;
    private final Clock clock;
    private final Logger log;
    private final Supplier<NodeStatus> ownStatus;
    private final BooleanSupplier left;
    private final long deadlineMs;
    /** The reason of the last failed exchange with an address. */
    private final Map<String, String> silences = new ConcurrentHashMap<>();
    /** By address, of members only. */
    private final Map<String, ToldStatus> told = new ConcurrentHashMap<>();
    private volatile Optional<OwnReport> lastReport = Optional.empty();

    /** The dependencies. */
    record Dependencies(PeerClient line, MemberTable memberTable, PeerFailures peerFailures, SeedHealth seeds,
            Clock clock, Logger log) { }

    /** This node's own report at a moment, and its digest. */
    private record OwnReport(GossipMessage full, long digest, long nanos) { }

    /**
     * The status of this node that a run of a member has.
     *
     * @param digest its digest, as far as the member has confirmed it
     * @param fullNanos time when a full status was last sent to it
     */
    private record ToldStatus(PeerSignature.NodeRun run, long digest, long fullNanos) { }

    /** The three kinds of exchange, which differ in the members that they carry. */
    enum ExchangeKind {
        /** A new node introduces itself, and receives all others. */
        JOIN,
        /** A member reports its own status. */
        HEARTBEAT,
        /** Both report all others. */
        GOSSIP;

        /** The path of the request. */
        String target() {
            return "/members/" + name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The exchange of a node.
     *
     * @param ownStatus the present status of this node
     * @param left whether this node has left its cluster
     * @param deadlineMs deadline of a request
     */
    GossipExchange(Dependencies dependencies, Supplier<NodeStatus> ownStatus, BooleanSupplier left,
            long deadlineMs) {
        this.line = dependencies.line;
        this.memberTable = dependencies.memberTable;
        this.peerFailures = dependencies.peerFailures;
        this.seeds = dependencies.seeds;
        this.clock = dependencies.clock;
        this.log = dependencies.log;
        this.ownStatus = ownStatus;
        this.left = left;
        this.deadlineMs = deadlineMs;
    }

    /** The reason for the silence of an address. */
    String silence(String address) {
        return peerFailures.what(address).orElse(silences.getOrDefault(address, "no response"));
    }

    /** Removes an address that is not tried any more. */
    void forget(String address) {
        peerFailures.forget(address);
        silences.remove(address);
        told.remove(address);
    }

    /** Receives the end of an exchange. */
    @FunctionalInterface
    interface ExchangeEnd {

        /** The exchange has ended; {@code well}: the node at the address sent a status. */
        void ended(boolean well);
    }

    /** Sends a message to an address; {@code then} runs after the response, or when there is none. */
    void send(ExchangeKind kind, String address, ExchangeEnd then) {
        OwnReport own = report(kind != ExchangeKind.HEARTBEAT);
        Optional<ShortHeartbeat> brief = kind != ExchangeKind.HEARTBEAT ? Optional.empty()
                : memberTable.at(address).filter(member -> has(member, own))
                        .map(member -> brief(member.nodeStatus(), own));
        byte[] body = brief.map(ShortHeartbeat::encode)
                .orElseGet(() -> full(own, kind == ExchangeKind.GOSSIP).encode(protocol(address)));
        CompletionStage<PeerClient.Reply> reply = line.send(new PeerClient.Call(address, kind.target(), body,
                new Network.Bounds(deadlineMs, GossipMessage.BYTES_MAX), life -> true));
        reply.thenAccept(response -> {
            boolean isUnknown = brief.isPresent() && response instanceof PeerClient.Response answered
                    && answered.status() == UNKNOWN_STATUS;
            if (isUnknown) {
                told.remove(address);
                send(kind, address, then);
            } else {
                then.ended(receive(address, response, brief.isPresent() ? Optional.empty()
                        : Optional.of(own)));
            }
        });
    }

    /** The protocol that the node at an address reads, as far as it is known. */
    private int protocol(String address) {
        return memberTable.seen().stream().filter(member -> member.member().address().equals(address))
                .mapToInt(member -> member.nodeStatus().protocol()).min().orElse(ProtocolGate.FIRST);
    }

    /** This node's report; unless it must be {@code fresh}, one of {@value #REPORT_MS} ms ago is good. */
    private OwnReport report(boolean fresh) {
        Member self = memberTable.self();
        long now = clock.nanos();
        return lastReport.filter(last -> !fresh && last.full.self().equals(self)
                && now - last.nanos < TimeUnit.MILLISECONDS.toNanos(REPORT_MS)).orElseGet(() -> {
            NodeStatus status = ownStatus.get();
            long digest = ShortHeartbeat.digest(self, status);
            NodeStatus shown = status.protocol() > ProtocolGate.FIRST
                    ? status.with(ShortHeartbeat.field(digest)) : status;
            OwnReport made = new OwnReport(new GossipMessage(self, shown, List.of()), digest, now);
            lastReport = Optional.of(made);
            return made;
        });
    }

    private GossipMessage full(OwnReport own, boolean others) {
        return new GossipMessage(own.full.self(), own.full.status().at(clock.wallMs()),
                others ? memberTable.members() : List.of());
    }

    private ShortHeartbeat brief(NodeStatus theirs, OwnReport own) {
        return new ShortHeartbeat(run(own.full.self(), own.full.status()), clock.wallMs(), own.digest,
                ShortHeartbeat.reported(theirs).orElse(0));
    }

    /** Whether a member has that status of this node, and had it in full not long ago. */
    private boolean has(MemberView member, OwnReport own) {
        return ShortHeartbeat.reported(member.nodeStatus()).isPresent()
                && Optional.ofNullable(told.get(member.member().address()))
                        .filter(status -> status.run.equals(run(member.member(), member.nodeStatus()))
                                && status.digest == own.digest
                                && clock.nanos() - status.fullNanos < ShortHeartbeat.FULL_NANOS).isPresent();
    }

    private static PeerSignature.NodeRun run(Member member, NodeStatus status) {
        return new PeerSignature.NodeRun(member.origin(), status.boot());
    }

    /** Processes a response to a message with the full report {@code sent}; true if it is a status. */
    private boolean receive(String address, PeerClient.Reply reply, Optional<OwnReport> sent) {
        Optional<ShortHeartbeat> brief = reply instanceof PeerClient.Response answered
                && answered.status() == OK ? ShortHeartbeat.decode(answered.body()) : Optional.empty();
        if (brief.isPresent()) {
            heard(address);
            peerFailures.end(address);
            memberTable.refresh(brief.get());
            return true;
        } else if (reply instanceof PeerClient.Response answered && answered.status() == OK) {
            Optional<GossipMessage> message = GossipMessage.decode(answered.body());
            message.ifPresentOrElse(greeting -> {
                heard(address);
                meet(address, greeting);
                sent.ifPresent(own -> told.put(address, new ToldStatus(
                        run(greeting.self(), greeting.status()), own.digest, own.nanos)));
            }, () -> trouble(address, Kind.PEER_UNFIT,
                    "its response is unknown: it may run another version"));
            return message.isPresent();
        } else if (reply instanceof PeerClient.Response answered && answered.status() == MALFORMED
                && protocol(address) > ProtocolGate.FIRST) {
            memberTable.backdate(address);
        } else if (reply instanceof PeerClient.Response answered) {
            refused(address, answered.status());
        } else if (reply instanceof PeerClient.ForeignPeer foreignPeer) {
            peerFailures.record(address, foreignPeer.what());
            memberTable.doubt(address, foreignPeer.what().kind() == Kind.PEER_CERTIFICATE);
        } else if (reply instanceof PeerClient.NoResponse noResponse) {
            silences.put(address, noResponse.why());
            log.debug("peer does not respond", "address", address, "why", noResponse.why());
        }
        return false;
    }

    private void heard(String address) {
        silences.remove(address);
        memberTable.believe(address);
        seeds.answered(address);
    }

    private void refused(String address, int status) {
        switch (status) {
            case CONFLICT -> trouble(address, Kind.ID_TAKEN, "another node has the node_id "
                    + memberTable.self().id() + " already: change that of this node");
            case GONE -> trouble(address, Kind.PEER_UNFIT,
                    "it has left the cluster and still runs: stop it, or start it again to bring it back");
            default -> trouble(address, Kind.PEER_UNFIT, "it responds with status " + status);
        }
    }

    private void trouble(String address, Kind kind, String what) {
        peerFailures.record(address, new PeerFailure(kind, what));
    }

    /**
     * Handles a message from the node at {@code address}. That this node itself is there is no failure: lists
     * of seeds are often the same for all.
     */
    private void meet(String address, GossipMessage message) {
        MemberTable.JoinResult joinResult = memberTable.recordStatus(message.self(), message.status());
        memberTable.learnFromOthers(message.others());
        if (joinResult == MemberTable.JoinResult.DUPLICATE) {
            trouble(address, Kind.ID_TAKEN, "the node there has our node_id " + message.self().id()
                    + " or a copy of our data: change one of them");
            return;
        }
        peerFailures.end(address);
        if (!message.self().address().equals(address) && joinResult == MemberTable.JoinResult.MEMBER) {
            memberTable.forget(address);
        }
    }

    /** The services for other nodes, by path. */
    Map<String, PeerRequestHandler> services() {
        Map<String, PeerRequestHandler> services = new TreeMap<>();
        for (ExchangeKind kind : ExchangeKind.values()) {
            services.put(kind.target(),
                    (from, body) -> CompletableFuture.completedFuture(answer(kind, body)));
        }
        return services;
    }

    private PeerRequestHandler.Response answer(ExchangeKind kind, byte[] body) {
        if (kind == ExchangeKind.HEARTBEAT && ShortHeartbeat.isShort(body)) {
            return answer(ShortHeartbeat.decode(body));
        }
        Optional<GossipMessage> reply = GossipMessage.decode(body);
        if (reply.isEmpty()) {
            return PeerRequestHandler.Response.of(MALFORMED);
        }
        if (left.getAsBoolean()) {
            return PeerRequestHandler.Response.of(GONE);
        }
        MemberTable.JoinResult joinResult = memberTable.recordStatus(reply.get().self(),
                reply.get().status());
        if (joinResult == MemberTable.JoinResult.DUPLICATE) {
            trouble(reply.get().self().address(), Kind.ID_TAKEN, "the node there calls itself "
                    + reply.get().self().id() + ", which another node has already");
            return PeerRequestHandler.Response.of(CONFLICT);
        }
        if (joinResult == MemberTable.JoinResult.FULL) {
            return PeerRequestHandler.Response.of(FULL);
        }
        memberTable.learnFromOthers(reply.get().others());
        GossipMessage answer = full(report(kind != ExchangeKind.HEARTBEAT), kind != ExchangeKind.HEARTBEAT
                || joinResult == MemberTable.JoinResult.DEPARTED);
        return PeerRequestHandler.Response.ok(answer.encode(reply.get().status().protocol()));
    }

    private PeerRequestHandler.Response answer(Optional<ShortHeartbeat> heartbeat) {
        if (heartbeat.isEmpty()) {
            return PeerRequestHandler.Response.of(MALFORMED);
        }
        if (left.getAsBoolean()) {
            return PeerRequestHandler.Response.of(GONE);
        }
        ShortHeartbeat heard = heartbeat.get();
        Optional<MemberView> sender = memberTable.refresh(heard)
                .flatMap(member -> memberTable.at(member.address()));
        if (sender.isEmpty()) {
            return PeerRequestHandler.Response.of(UNKNOWN_STATUS);
        }
        MemberView member = sender.get();
        String address = member.member().address();
        told.computeIfPresent(address, (key, status) -> status.run.equals(heard.run())
                ? new ToldStatus(status.run, heard.held(), status.fullNanos) : status);
        OwnReport own = report(false);
        if (has(member, own)) {
            return PeerRequestHandler.Response.ok(brief(member.nodeStatus(), own).encode());
        }
        told.put(address, new ToldStatus(heard.run(), heard.held(), own.nanos));
        return PeerRequestHandler.Response.ok(full(own, false).encode(member.nodeStatus().protocol()));
    }
}
