package kvs.node;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import kvs.cluster.Membership;
import kvs.cluster.Replication;
import kvs.documents.ModeSwitch;
import kvs.model.NodeMode;
import kvs.world.Clock;
import kvs.world.Scheduler;
import kvs.world.Task;

/** The agreement of a node with its cluster on the accounts, which its first user waits for. Thread-safe. */
final class AccountAgreementWait {

    /** Heartbeats, which carry the digest of a node's accounts, are sent each second. */
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long LOOK_MS = 20;
    /** Maximal number of requests that wait for an agreement at the same time. */
    private static final int WAITING_MAX = 64;

    private final Dependencies cluster;
    private final boolean alone;
    private final AtomicInteger waiting = new AtomicInteger();

    /** The mode of this node, the other nodes, and the doors to time. */
    record Dependencies(ModeSwitch modes, Membership membership, Replication replication, Clock clock,
            Scheduler scheduler) { }

    /** The agreement with {@code cluster}; {@code alone} says that this node has no seeds. */
    AccountAgreementWait(Dependencies cluster, boolean alone) {
        this.cluster = cluster;
        this.alone = alone;
    }

    /** Completes with whether {@link #holds}, at once or after a short wait. */
    CompletionStage<Boolean> await(BooleanSupplier known) {
        CompletableFuture<Boolean> reached = new CompletableFuture<>();
        if (holds(known) || waiting.get() >= WAITING_MAX) {
            return CompletableFuture.completedFuture(holds(known));
        }
        waiting.incrementAndGet();
        long began = cluster.clock.nanos();
        cluster.scheduler.start("agreement", () -> {
            boolean agrees = holds(known);
            if (!agrees && cluster.clock.nanos() - began < WAIT_NANOS) {
                return LOOK_MS;
            }
            waiting.decrementAndGet();
            reached.complete(agrees);
            return Task.DONE;
        }, LOOK_MS);
        return reached;
    }

    /**
     * Whether no other node could know users, or {@code known} holds and all present members have the same
     * accounts.
     */
    private boolean holds(BooleanSupplier known) {
        return cluster.modes.mode() == NodeMode.NORMAL && (alone && cluster.membership.count() == 1
                || known.getAsBoolean() && cluster.replication.agrees());
    }
}
