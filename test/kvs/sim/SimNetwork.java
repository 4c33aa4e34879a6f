package kvs.sim;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import kvs.world.Network;
import kvs.world.Task;

/**
 * A network in memory and virtual time: calls and answers take a while, are lost, and links are cut one way.
 * Each node has a door of its own to it. One thread.
 */
public final class SimNetwork {

    private final SimScheduler scheduler;
    private final SimDice dice;
    private final Map<String, Function<Network.Call, CompletionStage<Network.NetworkResponse>>> hosts =
            new HashMap<>();
    private final Set<String> cuts = new HashSet<>();
    private final Set<String> distrusted = new HashSet<>();
    private final Set<String> lostNext = new HashSet<>();
    private int lossPercent;
    private int delayMsMax = 5;

    /** A network without faults. */
    public SimNetwork(SimScheduler scheduler, SimDice dice) {
        this.scheduler = scheduler;
        this.dice = dice;
    }

    /** Answers calls to {@code address} by {@code handler}. */
    public void serve(String address,
            Function<Network.Call, CompletionStage<Network.NetworkResponse>> handler) {
        hosts.put(address, handler);
    }

    /** Loses so many messages of a hundred, delivers as many twice, and delays each by up to so much. */
    public void faults(int percent, int delayMs) {
        lossPercent = percent;
        delayMsMax = delayMs;
    }

    /** Loses the next call of that target, whoever makes it. */
    public void loseNext(String target) {
        lostNext.add(target);
    }

    /** Loses everything that goes from one address to the other. */
    public void cut(String from, String to) {
        cuts.add(from + ">" + to);
    }

    /** Undoes a cut. */
    public void mend(String from, String to) {
        cuts.remove(from + ">" + to);
    }

    /** Has what is shown at {@code to} refused by {@code from}. */
    public void distrust(String from, String to) {
        distrusted.add(from + ">" + to);
    }

    /** Undoes that. */
    public void trust(String from, String to) {
        distrusted.remove(from + ">" + to);
    }

    /** The door of the node at {@code address}. */
    public Network door(String address) {
        return new Door(address);
    }

    private final class Door implements Network {

        private final String from;
        private final Set<CompletableFuture<Reply>> underWay = new HashSet<>();

        Door(String from) {
            this.from = from;
        }

        @Override
        public CompletionStage<Reply> send(Call call, Bounds bounds) {
            CompletableFuture<Reply> reply = new CompletableFuture<>();
            underWay.add(reply);
            reply.thenRun(() -> underWay.remove(reply));
            if (distrusted.contains(from + ">" + call.address())) {
                later(1, () -> reply.complete(new NoResponse("handshake", "it has expired")));
                return reply;
            }
            later(bounds.deadlineMs(),
                    () -> reply.complete(
                            new NoResponse("no response within " + bounds.deadlineMs() + " ms")));
            if (lostNext.remove(call.target())) {
                return reply;
            }
            carry(from, call.address(), () -> {
                if (hosts.containsKey(call.address())) {
                    hosts.get(call.address()).apply(call).thenAccept(answer -> carry(call.address(), from,
                            () -> reply.complete(answer.body().length <= bounds.bodyMax() ? answer
                                    : new NoResponse(
                                            "the response has more than " + bounds.bodyMax() + " bytes"))));
                }
            });
            return reply;
        }

        @Override
        public void close() {
            Set.copyOf(underWay).forEach(reply -> reply.complete(new NoResponse("closed")));
        }
    }

    private void carry(String from, String to, Runnable arrival) {
        if (!cuts.contains(from + ">" + to) && !dice.chance(lossPercent)) {
            later(dice.below(delayMsMax) + 1, arrival);
            if (dice.chance(lossPercent)) {
                later(dice.below(delayMsMax) + 1, arrival);
            }
        }
    }

    private void later(long ms, Runnable what) {
        scheduler.start("message", () -> {
            what.run();
            return Task.DONE;
        }, ms);
    }
}
