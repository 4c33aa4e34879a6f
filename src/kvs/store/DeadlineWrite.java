package kvs.store;

import java.util.concurrent.TimeUnit;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.world.Clock;

/**
 * A write of a client with a deadline, until which it is decided or not at all: a process that stood still
 * must not later do a write that its client has given up, with a new timestamp that wins.
 */
public final class DeadlineWrite implements Write {

    /**
     * The longest wait of a request before it is begun, and of its write for the writer, ms: as long as the
     * head of a request may take. Clients and proxies wait from five seconds (drivers) to sixty (nginx); a
     * disk that takes longer than this is failing.
     */
    public static final long WAIT_MS_MAX = 10_000;

    private final Write write;
    private final Clock clock;
    private final long askedNanos;

    /** A write that is submitted now. */
    public DeadlineWrite(Write write, Clock clock) {
        this.write = write;
        this.clock = clock;
        this.askedNanos = clock.nanos();
    }

    /** Whether a request of {@code askedNanos} has waited too long. */
    public static boolean late(long askedNanos, long nowNanos) {
        return nowNanos - askedNanos > TimeUnit.MILLISECONDS.toNanos(WAIT_MS_MAX);
    }

    /** The refusal of a late write. */
    public static Refusal refusal() {
        return new Refusal(Reason.BUSY, "the request waited longer than " + WAIT_MS_MAX / 1_000 + " s before"
                + " this node could start it, and the client may have given up: nothing was done");
    }

    @Override
    public void decide(Transaction transaction) {
        if (late(askedNanos, clock.nanos())) {
            throw refusal();
        }
        write.decide(transaction);
    }

    @Override
    public void written() {
        write.written();
    }

    @Override
    public void refused(Refusal refusal) {
        write.refused(refusal);
    }

    @Override
    public int bytes() {
        return write.bytes();
    }
}
