package kvs.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import kvs.log.EncodedDocument;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.model.HealthProblem;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.sim.HealthProblemCheck;
import kvs.sim.SimClock;
import kvs.sim.SimDice;
import kvs.sim.SimDisk;
import kvs.store.Store;
import kvs.store.Transaction;
import kvs.store.UnstampedVersion;
import kvs.store.Write;
import kvs.world.Logger;
import org.junit.jupiter.api.Test;

/** Backups when they are due and when somebody asks; time passes when the test says so. */
class BackupSchedulerTest {

    private static final long HOUR_MS = TimeUnit.HOURS.toMillis(1);
    private static final long DAY_MS = TimeUnit.DAYS.toMillis(1);

    private final SimClock clock = new SimClock();
    private final SimDice dice = new SimDice(1);
    private SimDisk disk = new SimDisk(dice);
    private final Store store;
    private boolean whole = true;

    BackupSchedulerTest() throws IOException, UnusableDirectoryException {
        clock.setWall(20_000 * DAY_MS + HOUR_MS);
        store = Store.open(new StorageEnvironment(new SimDisk(dice), clock, dice, Logger.none()),
                StorageSettings.DEFAULT);
    }

    private BackupScheduler backups(String schedule) {
        try {
            Optional<Cron> cron = schedule.isEmpty() ? Optional.empty() : Optional.of(Cron.parse(schedule));
            return new BackupScheduler(new BackupScheduler.Settings("n/1", cron, ZoneOffset.UTC, 7),
                    new BackupScheduler.Dependencies(() -> disk,
                            (to, name) -> new BackupWriter(store.backupSource(), to, name), clock,
                            Logger.none(), store.joined(), () -> whole));
        } catch (Cron.CronSyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static void steps(BackupScheduler backups) {
        for (int i = 0; i < 5; i++) {
            assertTrue(backups.step() < 60_000);
        }
    }

    private static String name(long ms) {
        return new BackupFileNames("n-1").of(ms);
    }

    private static Reason reason(CompletableFuture<BackupRequestStatus> stage) {
        return ((Refusal) assertThrows(CompletionException.class, stage::join).getCause()).reason();
    }

    @Test
    void makesOneWheneverItIsDue() throws IOException {
        BackupScheduler backups = backups("0 */6 * * *");
        steps(backups);
        assertEquals(List.of(), disk.list(), "a new directory waits for the next time");
        List<String> expected = new ArrayList<>();
        for (int hour = 2; hour <= 24; hour++) {
            clock.advance(HOUR_MS);
            steps(backups);
            if (hour % 6 == 0) {
                expected.add(name(clock.wallMs()));
            }
            assertEquals(expected, disk.list(), "hour " + hour);
        }
        assertEquals("kvs-n-1-20241004T060000Z.backup", expected.get(0));
        assertEquals(expected.get(3), backups.list().get(0).name());
        assertEquals(Optional.of(0L), backups.list().get(0).glance().keys());
        assertEquals(clock.wallMs(), backups.lastMs());
        assertTrue(backups.lastBytes() > 0);
    }

    @Test
    void makesUpOnceForWhatWasMissed() throws IOException {
        long first = clock.wallMs();
        disk.put(name(first), new byte[0]);
        clock.advance(3 * DAY_MS);
        BackupScheduler backups = backups("0 0 * * *");
        steps(backups);
        assertEquals(List.of(name(first), name(clock.wallMs())), disk.list());
        clock.advance(HOUR_MS);
        steps(backups("0 0 * * *"));
        assertEquals(2, disk.list().size(), "the last one is younger than the last time that one was due");
    }

    @Test
    void isNotFooledByAWallThatIsSetBack() throws IOException {
        BackupScheduler backups = backups("0 0 * * *");
        clock.advance(400 * DAY_MS);
        steps(backups);
        assertEquals(1, disk.list().size());
        clock.setWall(clock.wallMs() - 300 * DAY_MS);
        steps(backups);
        clock.advance(DAY_MS);
        steps(backups);
        assertEquals(2, disk.list().size());
    }

    @Test
    void removesOldOnesOfThisNodeOnlyAndNeverTheNewest() throws IOException {
        long now = clock.wallMs();
        List<String> foreignFiles = List.of("kvs-n-1-20200101T000000Z.backup.txt",
                "kvs-n-10-20200101T000000Z.backup", "kvs-n-20200101T000000Z.backup",
                "kvs-n-1-2-20200101T000000Z.backup", "notes", "kvs-n-1-20209901T000000Z.backup");
        foreignFiles.forEach(name -> disk.put(name, new byte[0]));
        disk.put(name(now - 8 * DAY_MS), new byte[0]);
        disk.put(name(now - 6 * DAY_MS), new byte[0]);
        disk.put(name(now - 9 * DAY_MS) + ".tmp", new byte[0]);
        disk.put("kvs-n-10-20200101T000000Z.backup.tmp", new byte[0]);
        BackupScheduler backups = backups("");
        var done = backups.make(1_000);
        steps(backups);
        String made = ((BackupRequestStatus.Finished) done.join()).made().name();
        List<String> expected = new ArrayList<>(foreignFiles);
        expected.addAll(List.of(name(now - 6 * DAY_MS), made, "kvs-n-10-20200101T000000Z.backup.tmp"));
        expected.sort(null);
        assertEquals(expected, disk.list());
        clock.advance(365 * DAY_MS);
        var under = backups.make(1_000);
        steps(backups);
        String wrong = ((BackupRequestStatus.Finished) under.join()).made().name();
        assertTrue(disk.list().containsAll(List.of(made, name(now - 6 * DAY_MS))),
                "a clock that is a year ahead takes nothing at once");
        disk.delete(wrong);
        disk.put(made, new byte[0]);
        disk.failAt(7, SimDisk.Fault.ENOSPC, true);
        backups.make(1_000);
        steps(backups);
        disk.mend();
        assertTrue(disk.list().contains(made), "what fails removes nothing");
    }

    @Test
    void makesOneWhenAsked() {
        BackupScheduler backups = backups("");
        steps(backups);
        var first = backups.make(1_000);
        assertFalse(first.isDone());
        assertTrue(backups.make(1_000).join() instanceof BackupRequestStatus.Running, "one at a time");
        steps(backups);
        assertEquals(name(clock.wallMs()), ((BackupRequestStatus.Finished) first.join()).made().name());
        var second = backups.make(1_000);
        steps(backups);
        assertEquals(name(clock.wallMs() + 1_000),
                ((BackupRequestStatus.Finished) second.join()).made().name(), "two within a second");
    }

    @Test
    void saysThatItRunsWhenTheWaitIsOver() {
        for (int i = 0; i < 3; i++) {
            fill(i);
        }
        BackupScheduler backups = backups("");
        var asked = backups.make(1_000);
        backups.step();
        backups.step();
        assertFalse(asked.isDone());
        clock.advance(1_000);
        backups.step();
        BackupRequestStatus.Running running = (BackupRequestStatus.Running) asked.join();
        assertTrue(running.bytes() > 0 && running.name().startsWith("kvs-n-1-"));
        steps(backups);
        assertTrue(backups.running().isEmpty());
        assertTrue(backups.make(0).isDone() || backups.error().isEmpty());
    }

    private void fill(int number) {
        store.submit(new Write() {
            @Override
            public void decide(Transaction tx) {
                byte[] document = new byte[1 << 20];
                Arrays.fill(document, (byte) '1');
                tx.put(new UnstampedVersion(Key.of("k" + number),
                        Optional.of(EncodedDocument.plain(document)), Long.MAX_VALUE, Version.NOBODY));
            }

            @Override
            public void refused(Refusal refusal) {
                throw refusal;
            }
        });
        store.step();
    }

    /** It is a problem until one succeeds; tried again after ten minutes, and then when the next is due. */
    @Test
    void triesAgainWhatFailed() throws IOException {
        BackupScheduler backups = backups("0 0 * * *");
        steps(backups);
        clock.advance(23 * HOUR_MS);
        disk.failAt(1, SimDisk.Fault.ENOSPC, true);
        steps(backups);
        assertEquals(1, backups.failures());
        assertEquals(1, backups.problems().size());
        clock.advance(9 * 60_000);
        steps(backups);
        assertEquals(1, backups.failures());
        clock.advance(60_000);
        steps(backups);
        assertEquals(2, backups.failures());
        clock.advance(20 * HOUR_MS);
        steps(backups);
        assertEquals(2, backups.failures());
        disk.mend();
        clock.advance(4 * HOUR_MS);
        steps(backups);
        assertEquals(1, disk.list().size());
        assertEquals(List.of(), backups.problems());
    }

    @Test
    void aFailureIsAProblemUntilOneSucceeds() throws Exception {
        BackupScheduler backups = backups("");
        HealthProblemCheck.comesAndGoes(HealthProblem.Kind.BACKUP_FAILED,
                new HealthProblemCheck.Subject(backups::problems, ms -> {
            clock.advance(ms);
            backups.step();
        }), () -> {
            disk.capacity(1);
            backups.make(1_000);
        }, () -> {
            disk.mend();
            backups.make(1_000);
        });
    }

    @Test
    void tellsWhoWaitsThatItFailed() throws IOException {
        BackupScheduler backups = backups("");
        disk.capacity(1);
        var asked = backups.make(1_000);
        steps(backups);
        assertEquals(Reason.DISK_FULL, reason(asked));
        assertTrue(backups.problems().get(0).detail().contains("not enough space"),
                backups.problems().toString());
        assertEquals(List.of(), disk.list());
    }

    /** What it lacks would be missed when it is needed. */
    @Test
    void makesNoneWhileTheNodeIsNotWhole() throws IOException {
        whole = false;
        BackupScheduler backups = backups("0 0 * * *");
        assertEquals(Reason.SYNCING, reason(backups.make(1_000)));
        clock.advance(2 * DAY_MS);
        steps(backups);
        assertEquals(List.of(), disk.list());
        whole = true;
        steps(backups);
        assertEquals(1, disk.list().size());
    }

    @Test
    void leavesNothingHalfWhenTheNodeStops() throws IOException {
        for (int i = 0; i < 3; i++) {
            fill(i);
        }
        BackupScheduler backups = backups("");
        var asked = backups.make(1_000);
        backups.step();
        backups.step();
        assertEquals(1, disk.list().size());
        backups.stop();
        assertEquals(Reason.BUSY, reason(asked));
        backups.close();
        assertEquals(List.of(), disk.list());
        assertEquals(Reason.BUSY, reason(backups.make(1_000)));
    }
}
