package kvs.peer;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import kvs.model.AsciiParsers;
import kvs.model.HealthProblem;
import kvs.model.HealthProblem.Kind;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.Network;

/**
 * A client of other nodes: sends signed requests and accepts only signed responses. The run at an address,
 * and its clock, are learnt from the first response, and again after a change: so skewed clocks exclude no
 * node, and a restart makes captured requests worthless. Thread-safe.
 */
public final class PeerClient {

    /**
     * Maximal number of addresses whose run is remembered; at the bound all are forgotten, which costs one
     * more exchange each.
     */
    private static final int KNOWN_MAX = 10_000;
    private static final int UNAUTHORIZED = 401;
    /** Maximal length of an origin, a boot and a time. */
    private static final int HINT_MAX = 64;

    private final Network network;
    private final Keyring ring;
    private final Supplier<PeerSignature.NodeRun> self;
    private final Clock clock;
    private final Dice dice;
    private final Map<String, KnownPeer> known = new ConcurrentHashMap<>();

    /** The run at an address, and the time by which its clock is ahead of ours. */
    private record KnownPeer(PeerSignature.NodeRun life, long aheadMs) {

        static final KnownPeer NOTHING = new KnownPeer(PeerSignature.NodeRun.UNKNOWN, 0);
    }

    /**
     * A request.
     *
     * @param to test of the only acceptable receivers, applied to the last known run at the address
     */
    public record Call(String address, String target, byte[] body, Network.Bounds bounds,
            Predicate<PeerSignature.NodeRun> to) { }

    /** The outcome of a request. */
    public sealed interface Reply { }

    /** A response of a node of our cluster. */
    public record Response(int status, byte[] body) implements Reply { }

    /** A response of a node that does not have our secret, or does not accept ours. */
    public record ForeignPeer(PeerFailure what) implements Reply { }

    /** No response. */
    public record NoResponse(String why) implements Reply { }

    /** A client for the run {@code self} over {@code network}. */
    public PeerClient(Network network, Keyring ring, Supplier<PeerSignature.NodeRun> self,
            Clock clock, Dice dice) {
        this.network = network;
        this.ring = ring;
        this.self = self;
        this.clock = clock;
        this.dice = dice;
    }

    /** Sends a request, and once more if the receiver reports its run and time; the stage never fails. */
    public CompletionStage<Reply> send(Call call) {
        return attempt(call).thenCompose(first -> first.again ? attempt(call)
                .thenApply(second -> second.reply) : CompletableFuture.completedFuture(first.reply));
    }

    /** The outcome of one attempt, and whether another one is useful. */
    private record Attempt(Reply reply, boolean again) { }

    private CompletionStage<Attempt> attempt(Call call) {
        KnownPeer there = known.getOrDefault(call.address, KnownPeer.NOTHING);
        if (!call.to.test(there.life)) {
            return CompletableFuture.completedFuture(
                    new Attempt(new NoResponse("it was restarted meanwhile"), false));
        }
        String nonce = HexFormat.of().toHexDigits(dice.bits()) + HexFormat.of().toHexDigits(dice.bits());
        PeerSignature signature = PeerSignature.sign(ring.first(), self.get(), there.life,
                new PeerSignature.SignedContent(Math.max(0, clock.wallMs() + there.aheadMs), nonce,
                        PeerSignature.hash(call.body)), new PeerSignature.RequestLine("POST", call.target));
        Network.Call sent = new Network.Call("POST", call.address, call.target,
                Map.of(PeerSignature.HEADER, signature.encode()), call.body);
        return network.send(sent, call.bounds).thenApply(reply -> judge(call, signature, reply));
    }

    private Attempt judge(Call call, PeerSignature signature, Network.Reply reply) {
        if (reply instanceof Network.NoResponse noResponse) {
            return new Attempt(noResponse.certificate().isEmpty() ? new NoResponse(noResponse.why())
                    : new ForeignPeer(new PeerFailure(HealthProblem.Kind.PEER_CERTIFICATE,
                            "its certificate was refused, " + noResponse.certificate(),
                            "renew it, or make sure that tls_ca here names its authority and"
                                    + " advertise_address there a name of the certificate")), false);
        }
        Network.NetworkResponse answer = (Network.NetworkResponse) reply;
        String header = answer.headers().getOrDefault("kvs-peer", "");
        if (!signature.answeredBy(ring, header, answer.status(), answer.body())) {
            return new Attempt(new ForeignPeer(foreignPeerFailure(answer.status())), false);
        }
        Optional<KnownPeer> hint = answer.status() == UNAUTHORIZED ? hint(answer.body()) : Optional.empty();
        if (hint.isEmpty()) {
            return new Attempt(new Response(answer.status(), answer.body()), false);
        }
        if (known.size() >= KNOWN_MAX) {
            known.clear();
        }
        known.put(call.address, hint.get());
        return new Attempt(new NoResponse("it refuses our requests, although they follow its"
                + " instructions"), true);
    }

    private PeerFailure foreignPeerFailure(int status) {
        return status == UNAUTHORIZED ? new PeerFailure(Kind.SECRET_DIFFERS,
                "it does not know our cluster secret or cluster_name", ring.advice())
                : new PeerFailure(Kind.PEER_UNFIT, "its response is not signed with our cluster secret",
                        "check that it is a node of this cluster");
    }

    private Optional<KnownPeer> hint(byte[] body) {
        String[] fields = body.length > HINT_MAX ? new String[0]
                : new String(body, StandardCharsets.US_ASCII).split(" ", -1);
        if (fields.length != 3) {
            return Optional.empty();
        }
        OptionalLong time = AsciiParsers.number(fields[2], PeerSignature.TIME_DIGITS);
        return PeerSignature.life(fields[0], fields[1]).filter(life -> time.isPresent())
                .map(life -> new KnownPeer(life, time.getAsLong() - clock.wallMs()));
    }
}
