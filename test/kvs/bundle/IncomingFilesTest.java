package kvs.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.List;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.sim.SimDice;
import kvs.sim.SimDisk;
import kvs.store.StoreHarness;
import kvs.world.Logger;
import org.junit.jupiter.api.Test;

class IncomingFilesTest {

    private final StoreHarness harness = new StoreHarness(1);
    private final SimDisk disk = harness.disk();
    private final IncomingFiles files = new IncomingFiles(() -> disk, harness.clock, new SimDice(1),
            Logger.none());

    private static Reason reason(Runnable act) {
        return assertThrows(Refusal.class, act::run).reason();
    }

    @Test
    void removesWhatNobodyTouchesForAnHour() throws IOException {
        IncomingFile old = files.create(0);
        harness.clock.advance(IncomingFiles.ABANDONED_NANOS / 1_000_000);
        IncomingFile young = files.create(1);
        files.receive(young, 0, new byte[1]);
        harness.clock.advance(1);
        files.removeAbandoned();
        assertEquals(List.of(young), files.all());
        assertEquals(1, disk.list().size());
        assertEquals(Reason.NOT_FOUND, reason(() -> files.find(old.id())));
    }

    @Test
    void boundsFilesAndKeepsWhatIsAtWork() {
        IncomingFile first = files.create(0);
        for (int i = 1; i < IncomingFiles.FILES_MAX; i++) {
            files.create(0);
        }
        assertEquals(Reason.LIMIT_REACHED, reason(() -> files.create(0)));
        first.begin(IncomingFile.State.MERGING);
        harness.clock.advance(2 * IncomingFiles.ABANDONED_NANOS / 1_000_000);
        assertEquals(Reason.IN_PROGRESS, reason(() -> files.remove(first)));
        assertEquals(Reason.IN_PROGRESS, reason(() -> files.receive(first, 0, new byte[1])));
        files.removeAbandoned();
        assertEquals(List.of(first), files.all());
    }

    /** Four clients that were ended in the middle keep nobody out for an hour. */
    @Test
    void silentFileGivesItsPlace() {
        IncomingFile checked = files.create(0);
        checked.begin(IncomingFile.State.CHECKED);
        IncomingFile oldest = files.create(0);
        harness.clock.advance(1);
        for (int i = 2; i < IncomingFiles.FILES_MAX; i++) {
            files.create(0);
        }
        harness.clock.advance(IncomingFiles.SILENT_NANOS / 1_000_000);
        IncomingFile next = files.create(0);
        assertEquals(Reason.NOT_FOUND, reason(() -> files.find(oldest.id())));
        assertEquals(List.of(checked, next), List.of(files.find(checked.id()), files.find(next.id())));
        assertEquals(Reason.LIMIT_REACHED, reason(() -> files.create(0)), "the others came later");
    }

    /** The free space was looked at for the size that was told. */
    @Test
    void takesNoMoreThanTheSizeThatWasTold() {
        assertEquals(Reason.BAD_REQUEST, reason(() -> files.receive(files.create(0), 0, new byte[1])));
        IncomingFile file = files.create(2);
        files.receive(file, 0, new byte[2]);
        assertEquals(Reason.BAD_REQUEST, reason(() -> files.receive(file, 1, new byte[2])));
        assertEquals(2, file.bytes());
    }

    @Test
    void countsThePassesOfTheWork() {
        IncomingFile file = files.create(10);
        files.receive(file, 0, new byte[10]);
        file.begin(IncomingFile.State.MERGING);
        for (long position : new long[] {0, 9, 0, 9, 0, 4}) {
            file.progress(position);
        }
        assertEquals(24, file.doneBytes());
        assertEquals(30, file.allBytes());
    }

    @Test
    void partsAreDurableAndLeftoversAreRemoved() throws IOException {
        IncomingFile file = files.create(4);
        files.receive(file, 0, new byte[] {1, 2, 3});
        SimDisk after = disk.survivor();
        assertArrayEquals(new byte[] {1, 2, 3}, after.bytes(after.names().get(0)));
        new IncomingFiles(() -> after, harness.clock, new SimDice(1), Logger.none()).removeLeftovers();
        assertEquals(List.of(), after.list());
        disk.capacity(IncomingFiles.FREE_BYTES + 3);
        assertEquals(Reason.DISK_FULL, reason(() -> files.receive(file, 3, new byte[1])));
        assertEquals(Reason.DISK_FULL, reason(() -> files.create(1)));
    }
}
