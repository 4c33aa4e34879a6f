package kvs.cluster;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import kvs.model.HealthProblem.Kind;
import kvs.model.ProtocolGate;
import kvs.peer.PeerClient;
import kvs.peer.PeerFailure;
import kvs.peer.PeerRequestHandler;
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
    /** Addresses at which the last attempt succeeded. */
    private final Set<String> reached = ConcurrentHashMap.newKeySet();
    /** The time of the last heartbeat that the member there sent. */
    private final Map<String, Long> heard = new ConcurrentHashMap<>();

    /** The dependencies. */
    record Dependencies(PeerClient line, MemberTable memberTable, PeerFailures peerFailures, SeedHealth seeds,
            Clock clock, Logger log) { }

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

    /** The time of the last heartbeat from an address; empty when the last attempt to reach it failed. */
    OptionalLong heardNanos(String address) {
        Long nanos = heard.get(address);
        return nanos == null || !reached.contains(address) ? OptionalLong.empty() : OptionalLong.of(nanos);
    }

    /** Removes an address that is not tried any more. */
    void forget(String address) {
        reached.remove(address);
        heard.remove(address);
        peerFailures.forget(address);
        silences.remove(address);
    }

    /** Sends a message to an address; {@code then} runs after the response, or when there is none. */
    void send(ExchangeKind kind, String address, Runnable then) {
        byte[] body = greeting(kind == ExchangeKind.GOSSIP).encode(protocol(address));
        CompletionStage<PeerClient.Reply> reply = line.send(new PeerClient.Call(address, kind.target(), body,
                new Network.Bounds(deadlineMs, GossipMessage.BYTES_MAX), life -> true));
        reply.thenAccept(response -> {
            receive(address, response);
            then.run();
        });
    }

    /** The protocol that the node at an address reads, as far as it is known. */
    private int protocol(String address) {
        return memberTable.seen().stream().filter(member -> member.member().address().equals(address))
                .mapToInt(member -> member.nodeStatus().protocol()).min().orElse(ProtocolGate.FIRST);
    }

    private GossipMessage greeting(boolean others) {
        return new GossipMessage(memberTable.self(), ownStatus.get(),
                others ? memberTable.members() : List.of());
    }

    private void receive(String address, PeerClient.Reply reply) {
        reached.remove(address);
        if (reply instanceof PeerClient.Response answered && answered.status() == OK) {
            GossipMessage.decode(answered.body()).ifPresentOrElse(message -> {
                silences.remove(address);
                memberTable.believe(address);
                seeds.answered(address);
                meet(address, message);
            }, () -> trouble(address, Kind.PEER_UNFIT,
                    "its response is unknown: it may run another version"));
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
        reached.add(address);
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
        if (kind == ExchangeKind.HEARTBEAT && reached.contains(reply.get().self().address())) {
            heard.put(reply.get().self().address(), clock.nanos());
        }
        memberTable.learnFromOthers(reply.get().others());
        GossipMessage answer = greeting(kind != ExchangeKind.HEARTBEAT
                || joinResult == MemberTable.JoinResult.DEPARTED);
        return PeerRequestHandler.Response.ok(answer.encode(reply.get().status().protocol()));
    }
}
