package kvs.store;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import kvs.log.DiskReserve;
import kvs.log.FileSync;
import kvs.log.StorageEnvironment;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.world.EventKind;
import kvs.world.FailureText;

/**
 * The errors of the disk in writing, and the refusals that they become. A failed fsync ends writing for good;
 * any other error refuses one group. Only the thread that does a group reports errors; reading is
 * thread-safe.
 */
final class WriteErrors {

    /** The time for which a refused write is a problem when no further write follows. */
    private static final long ERROR_NANOS = TimeUnit.SECONDS.toNanos(55);

    private final StorageEnvironment environment;
    private final DiskReserve reserve;
    private volatile Optional<Refusal> failure = Optional.empty();
    private volatile Optional<String> last = Optional.empty();
    private volatile long lastNanos;

    WriteErrors(StorageEnvironment environment, DiskReserve reserve) {
        this.environment = environment;
        this.reserve = reserve;
    }

    /** The reason why no more writes are accepted. */
    Optional<Refusal> failure() {
        return failure;
    }

    /** Sets that reason. */
    void fail(Refusal refusal) {
        failure = Optional.of(refusal);
    }

    /** The error of the last group; empty when it succeeded, and when the error is a while ago. */
    Optional<String> last() {
        return environment.clock().nanos() - lastNanos < ERROR_NANOS ? last : Optional.empty();
    }

    /** Takes note that a group was written. */
    void succeeded() {
        last = Optional.empty();
    }

    /** The refusal of a group by the disk; the failure from now on, if {@code e} is a failed fsync. */
    Refusal refusal(IOException e) {
        if (failure.isPresent()) {
            return failure.get();
        }
        if (e instanceof FileSync.FailedSyncException) {
            environment.log().failure(EventKind.STORE_FAILED, e);
            fail(new Refusal(Reason.STORE_FAILED, "an fsync failed, so the content of this disk"
                    + " is unknown. Reads continue; check the disk, then restart the node to write again"));
            return failure.get();
        }
        if (last.isEmpty()) {
            environment.log().failure(EventKind.DISK_REFUSES, e);
        }
        lastNanos = environment.clock().nanos();
        String cause = FailureText.text(e);
        last = Optional.of(cause);
        reserve.release();
        return new Refusal(Reason.DISK_FULL, "the disk refused the write: " + cause
                + ". Nothing was stored. Reads continue, and writes are accepted again as soon as space is"
                + " free");
    }
}
