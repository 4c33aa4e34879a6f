package kvs.store;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import kvs.model.Refusal;
import kvs.world.Disk;
import kvs.world.Task;

/**
 * Writes a {@link Checkpoint} when the log has grown by a share of what a restart would have to replay, so that the replay stays short. The
 * state is taken by a write of its own, which the writer answers when everything before it is durable; the file is written beside it.
 */
final class Checkpointer implements Task {

    private static final long LOOK_MS = 1_000;
    private static final long POLL_MS = 10;
    private static final long RETRY_MS = 60_000;

    private final Writer writer;
    private final Owners owners;
    private final Reach reach;
    private final Doors doors;
    private final long growthBytes;
    private final long segmentBytes;
    private volatile Optional<Snapshot> captured = Optional.empty();
    private volatile Optional<String> problem = Optional.empty();
    private volatile boolean asked;
    private volatile long lastPlace;
    private final LongAdder written = new LongAdder();
    private final LongAdder failed = new LongAdder();

    /** Takes a checkpoint whenever the log has grown by two segments. */
    Checkpointer(Writer writer, Owners owners, Reach reach, Doors doors, int segmentBytes) {
        this.writer = writer;
        this.owners = owners;
        this.reach = reach;
        this.doors = doors;
        this.segmentBytes = segmentBytes;
        this.growthBytes = 2L * segmentBytes;
        this.lastPlace = place(writer.snapshot());
    }

    /** Why the last checkpoint could not be written. */
    Optional<String> problem() {
        return problem;
    }

    /** What was done, and by how much the log has grown until {@code now}. */
    Counts.Checkpoints counts(Snapshot now) {
        return new Counts.Checkpoints(written.sum(), failed.sum(), place(now) - lastPlace);
    }

    @Override
    public long step() {
        if (captured.isPresent()) {
            Snapshot snapshot = captured.get();
            captured = Optional.empty();
            asked = false;
            return save(snapshot) ? LOOK_MS : RETRY_MS;
        }
        if (!asked && place(writer.snapshot()) - lastPlace >= growthBytes) {
            ask();
        }
        return asked ? POLL_MS : LOOK_MS;
    }

    /** Asks the writer for the state; a later step writes it. */
    void ask() {
        asked = true;
        writer.submit(new Capture());
    }

    /** Writes a checkpoint of a state whose records are all durable. Whether it is there now. */
    boolean save(Snapshot snapshot) {
        try {
            Disk disk = doors.disk();
            int last = disk.list().stream().map(Names::checkpointNumber).flatMap(Optional::stream).mapToInt(n -> n).max().orElse(0);
            new Checkpoint(snapshot, owners.list(), reach.coverage()).save(disk, last + 1);
            lastPlace = place(snapshot);
            for (String name : disk.list()) {
                if (Names.checkpointNumber(name).filter(n -> n <= last).isPresent()) {
                    disk.delete(name);
                }
            }
            problem = Optional.empty();
            written.increment();
            return true;
        } catch (IOException e) {
            doors.log().warn("checkpoint not written: the next start reads more of the log", "why", e.getMessage());
            failed.increment();
            problem = Optional.of("checkpoint not written: " + e.getMessage());
            return false;
        }
    }

    /** How far the log has come, as if all segments were full; only differences count. */
    private long place(Snapshot snapshot) {
        return (long) snapshot.segment() * segmentBytes + snapshot.end();
    }

    /** The write that takes the state. */
    private final class Capture implements Write {

        @Override
        public void decide(Transaction transaction) {
            transaction.force();
        }

        @Override
        public void written() {
            captured = Optional.of(writer.snapshot());
        }

        @Override
        public void refused(Refusal why) {
            asked = false;
        }

        @Override
        public int bytes() {
            return 0;
        }
    }
}
