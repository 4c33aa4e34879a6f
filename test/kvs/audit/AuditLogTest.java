package kvs.audit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.model.Version;
import kvs.sim.SimDisk;
import kvs.sim.SimScheduler;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.Logger;
import org.junit.jupiter.api.Test;

/**
 * The content of the lines, the life of the files, the pages of readers, and the handling of a log that an
 * intruder changed.
 */
class AuditLogTest {

    private final AuditHarness harness = new AuditHarness(1);
    private final SimDisk disk = harness.disk();

    @Test
    void writesALineAsItIsDrawn() throws IOException {
        AuditLog log = harness.open(disk, 0);
        log.add(harness.put(1));
        assertEquals(1_000, log.step());
        String line = AuditHarness.lines(disk).get(1);
        String object = "{\"n\":2,\"at\":1790000000000,\"store\":1,\"act\":\"put\","
                + "\"who\":\"00000000-0000-0007-0000-000000000008\",\"token\":\"t1\","
                + "\"from\":\"10.0.0.7\",\"path\":\"p/1\",\"uuid\":\"u1\",\"status\":201";
        assertTrue(line.startsWith(object + ",\"hash\":\""), line);
        assertTrue(line.matches("[^\n]*,\"hash\":\"[0-9a-f]{64}\",\"seal\":\"[0-9a-f]{32}\"}\n"), line);
        assertEquals("d56afd25c8c2ea0a77c0f167c54b74b75007974de5aa96bcd19ff93a2ea521ea",
                AuditHarness.member(line, "hash"));
        assertEquals("774cf2e3c76e9289152e7e1b27294192", AuditHarness.member(line, "seal"));
    }

    /**
     * Under load events arrive while others are written; otherwise three files would be forced for each few
     * of them.
     */
    @Test
    void restsForASecondWhateverCameInMeanwhile() throws IOException {
        AuditLog log = harness.open(disk, 0);
        AtomicLong seq = new AtomicLong();
        disk.afterChange(() -> log.add(harness.put(seq.incrementAndGet())));
        log.add(harness.put(seq.incrementAndGet()));
        assertEquals(1_000, log.step());
        assertEquals(2, AuditHarness.lines(disk).size(), "the start, and what was handed in before");
        long before = seq.get();
        assertTrue(before > 3);
        assertEquals(1_000, log.step());
        assertEquals(1 + before, AuditHarness.lines(disk).size());
        disk.afterChange(() -> { });
        log.close(seq.get());
        assertEquals(2 + seq.get(), AuditHarness.lines(disk).size(), "all, and the stop");
    }

    /**
     * More events arrive within a second than the queue holds: lines are made all the time, and written once
     * a second or when they fill a batch.
     */
    @Test
    void makesLinesBetweenItsWrites() throws IOException {
        AuditLog log = harness.open(disk, 64 << 20, 1 << 30, 0);
        SimScheduler scheduler = new SimScheduler(harness.clock);
        log.start(scheduler);
        scheduler.run(10);
        log.add(harness.put(1));
        scheduler.run(900);
        assertEquals(1, AuditHarness.lines(disk).size(), "nothing is written yet");
        int part = AuditQueue.EVENTS_MAX / 10;
        for (int i = 1; i <= 12; i++) {
            for (int n = 0; n < part; n++) {
                log.add(harness.put(1 + (i - 1) * part + n));
            }
            scheduler.run(50);
        }
        log.close(12L * part);
        assertEquals(List.of(), log.problems(), "nothing was lost");
        assertEquals(1 + 1 + 12 * part + 1, AuditHarness.lines(disk).size());
        AuditHarness.assertSound(disk, "after the close");
    }

    @Test
    void leavesOutWhatIsEmpty() throws IOException {
        AuditLog log = harness.open(disk, 9);
        log.add(new AuditEvent("admin", Version.NOBODY, "", "", "", "", 0, 0, 1, 5));
        log.step();
        String line = AuditHarness.lines(disk).get(2);
        assertTrue(line.startsWith("{\"n\":3,\"at\":5,\"store\":9,\"act\":\"admin\",\"hash\":"), line);
    }

    @Test
    void keepsHostileTextInItsLine() throws IOException, JsonException {
        AuditLog log = harness.open(disk, 0);
        List<String> hostile = List.of("\"}\n{\"n\":9", "a\r\nb", "\u2028\u2029\u0000\u0007\u007f\u0085",
                "\ud800", "x\udfff", "\\\"",
                "\",\"act\":\"pruned\"", "ü€😀", "\n".repeat(5_000), "😀".repeat(3_000));
        for (String text : hostile) {
            log.add(new AuditEvent("put", AuditHarness.WHO, text, text, text, text, 400, 1, 1, 1));
            log.loginFailed(text);
        }
        log.close(1);
        List<String> lines = AuditHarness.lines(disk);
        assertEquals(2 + 2 * hostile.size(), lines.size());
        for (String line : lines) {
            byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
            JsonValue.parse(bytes);
            assertTrue(bytes.length < AuditLine.BYTES_MAX, "line of " + bytes.length + " bytes");
            assertTrue(line.strip().chars()
                    .noneMatch(c -> c < 0x20 || c == 0x2028 || c == 0x2029 || c == 0x85), line);
        }
        long exact = lines.stream().filter(line -> hostile.contains(path(line))).count();
        assertTrue(exact >= hostile.size() - 4, "only " + exact + " paths as they came");
        AuditHarness.assertSound(disk.restart(), "hostile");
    }

    private static String path(String line) {
        try {
            Optional<JsonValue> path = JsonValue.parse(line.getBytes(StandardCharsets.UTF_8)).field("path");
            return path.isPresent() ? path.get().string() : "";
        } catch (JsonException e) {
            throw new AssertionError(line, e);
        }
    }

    @Test
    void tellsStartStopAndWhatTheStoreDidMeanwhile() throws IOException {
        harness.open(disk, 0).close(7);
        harness.open(disk, 7).close(7);
        harness.open(disk, 9).close(9);
        assertEquals(List.of("start", "stop", "start", "stop", "gap", "start", "stop"),
                AuditHarness.acts(disk));
        String gap = AuditHarness.lines(disk).get(4);
        assertEquals("8", AuditHarness.member(gap, "first"));
        assertEquals("9", AuditHarness.member(gap, "last"));
        AuditLog setBack = harness.open(disk, 4);
        assertEquals("[tamper log: the store ends at number 4, but had 9 before]",
                setBack.problems().toString());
        setBack.close();
        assertEquals(List.of("back", "start", "stop"), AuditHarness.acts(disk).subList(7, 10));
        assertEquals(List.of(), harness.open(disk, 4).problems());
        AuditHarness.assertSound(disk, "all");
    }

    @Test
    void mergesFailedLoginsByAddressAndMinute() throws IOException {
        AuditLog log = harness.open(disk, 0);
        for (int i = 0; i < 5; i++) {
            log.loginFailed("10.0.0.1");
        }
        log.loginFailed("10.0.0.2");
        log.step();
        harness.clock.advance(59_999);
        log.loginFailed("10.0.0.1");
        log.step();
        assertEquals(List.of("start"), AuditHarness.acts(disk));
        harness.clock.advance(1);
        log.step();
        log.loginFailed("10.0.0.1");
        log.close(0);
        assertEquals(List.of("10.0.0.1 6", "10.0.0.2 ", "10.0.0.1 "), AuditHarness.lines(disk).stream()
                .filter(line -> AuditHarness.member(line, "act").equals("login_failed"))
                .map(line -> AuditHarness.member(line, "from") + " " + AuditHarness.member(line, "count"))
                .toList());
        assertEquals("1790000000000", AuditHarness.member(AuditHarness.lines(disk).get(1), "at"));
    }

    @Test
    void countsAddressesBeyondTheLimitTogether() throws IOException {
        AuditLog log = harness.open(disk, 0);
        for (int i = 0; i < RefusalAggregator.KINDS_MAX + 500; i++) {
            log.loginFailed("a" + i);
        }
        log.loginFailed("a1");
        log.close(0);
        List<String> lines = AuditHarness.lines(disk);
        assertEquals(RefusalAggregator.KINDS_MAX + 3, lines.size());
        String others = lines.stream()
                .filter(line -> AuditHarness.member(line, "from").equals(RefusalAggregator.OTHERS))
                .findFirst().orElseThrow();
        assertEquals("500", AuditHarness.member(others, "count"));
    }

    @Test
    void neverMakesAnybodyWaitAndLosesNoEventOfManyThreads() throws Exception {
        AuditLog log = harness.open(disk, 1 << 22, 1 << 30, 0);
        List<Thread> threads = IntStream.range(0, 4).mapToObj(t -> new Thread(() -> handIn(log, t))).toList();
        threads.forEach(Thread::start);
        while (threads.stream().anyMatch(Thread::isAlive)) {
            log.step();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        log.close(0);
        List<Long> puts = AuditHarness.puts(disk);
        for (int t = 0; t < 4; t++) {
            long thread = t;
            assertEquals(LongStream.range(1, 5_001).map(i -> thread * 10_000 + i).boxed().toList(),
                    puts.stream().filter(seq -> seq / 10_000 == thread).toList());
        }
        AuditHarness.assertSound(disk, "threads");
    }

    private void handIn(AuditLog log, long thread) {
        for (int i = 1; i <= 5_000; i++) {
            log.add(harness.put(thread * 10_000 + i));
        }
    }

    @Test
    void beginsFilesByTheNumberOfTheirFirstLineAndPrunesTheOldest() throws IOException {
        AuditLog log = harness.open(disk, 2_000, 10_000, 0);
        for (int i = 1; i <= 200; i++) {
            log.add(harness.put(i));
            log.step();
        }
        List<String> lines = AuditHarness.lines(disk);
        List<String> pruned = lines.stream()
                .filter(line -> AuditHarness.member(line, "act").equals("pruned")).toList();
        assertFalse(pruned.isEmpty());
        String last = pruned.get(pruned.size() - 1);
        assertEquals(Long.parseLong(AuditHarness.member(last, "last")) + 1,
                Long.parseLong(AuditHarness.member(lines.get(0), "n")));
        for (String file : AuditHarness.files(disk)) {
            List<String> inside = AuditHarness.lines(disk.bytes(file));
            assertEquals(Long.parseLong(file.substring(0, 19)),
                    Long.parseLong(AuditHarness.member(inside.get(0), "n")));
            assertTrue(disk.bytes(file).length <= 2_000, file);
        }
        AuditHarness.assertSound(disk, "pruned");
        assertPruningIsChecked();
    }

    private void assertPruningIsChecked() throws IOException {
        List<String> files = AuditHarness.files(disk);
        assertEquals(AuditVerification.Kind.REMOVED, fault(copy -> copy.lose(files.get(0))).kind());
        AuditVerification.Fault changed = fault(copy -> copy.flip(files.get(0), 12, 1));
        assertEquals(files.get(0) + " line 1", changed.file() + " line " + changed.number());
        SimDisk copy = disk.copy();
        List<String> inside = AuditHarness.lines(copy.bytes(files.get(0)));
        copy.put(AuditFileNames.of(Long.parseLong(AuditHarness.member(inside.get(1), "n"))),
                String.join("", inside.subList(1, inside.size())).getBytes(StandardCharsets.UTF_8));
        copy.lose(files.get(0));
        assertEquals(AuditVerification.Kind.REMOVED, AuditHarness.check(copy).fault().orElseThrow().kind());
    }

    private AuditVerification.Fault fault(Consumer<SimDisk> crime) throws IOException {
        SimDisk copy = disk.copy();
        crime.accept(copy);
        return AuditHarness.check(copy).fault().orElseThrow();
    }

    @Test
    void saysThatFilesGoBeforeTheyGo() throws IOException {
        AuditLog log = harness.open(disk, 2_000, 6_000, 0);
        disk.afterChange(() -> assertRemovalWasToldOf(disk.survivor()));
        for (int i = 1; i <= 100; i++) {
            log.add(harness.put(i));
            log.step();
        }
        assertTrue(AuditHarness.acts(disk).contains("pruned"));
    }

    private static void assertRemovalWasToldOf(SimDisk left) {
        try {
            AuditHarness.assertSound(left, "survivor " + AuditHarness.files(left));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void givesPagesOfDurableLinesOnly() throws IOException {
        AuditLog log = harness.open(disk, 3_000, 1 << 30, 0);
        for (int i = 1; i <= 100; i++) {
            log.add(harness.put(i));
            if (i % 7 == 0) {
                log.step();
            }
        }
        assertEquals(99, log.page(0, 1_000).lines().size());
        log.step();
        List<String> all = AuditHarness.lines(disk);
        for (int limit : List.of(1, 7, 100, 101, 1_000)) {
            assertEquals(all, paged(log, limit), "limit " + limit);
        }
        for (int after = 0; after <= 101; after++) {
            AuditLog.Page page = log.page(after, 3);
            assertEquals(all.subList(after, Math.min(101, after + 3)), text(page.lines()), "after " + after);
            assertEquals(after < 98, page.more(), "after " + after);
            assertEquals(Math.min(101, after + 3), page.next());
        }
        assertEquals(List.of(), log.page(5_000, 3).lines());
        assertEquals(AuditHarness.check(disk).head(), log.head());
    }

    @Test
    void bringsAPageOfALargeFileToAMegabyte() throws IOException {
        AuditLog log = harness.open(disk, 8 << 20, 1 << 30, 0);
        for (int i = 1; i <= 20_000; i++) {
            log.add(harness.put(i));
        }
        assertEquals(0, log.step());
        assertEquals(1_000, log.step());
        for (int after = 0; after < 15_000; after += 1_234) {
            AuditLog.Page page = log.page(after, 1_000_000);
            long bytes = page.lines().stream().mapToLong(line -> line.length).sum();
            assertTrue(bytes <= 1 << 20 && bytes > 1_000_000, bytes + " bytes");
            assertEquals(after + 1, AuditLine.decode(page.lines().get(0)).orElseThrow().n());
            assertTrue(page.more());
        }
    }

    private static List<String> paged(AuditLog log, int limit) throws IOException {
        List<String> lines = new ArrayList<>();
        AuditLog.Page page = new AuditLog.Page(List.of(), 0, true);
        while (page.more()) {
            page = log.page(page.next(), limit);
            lines.addAll(text(page.lines()));
        }
        return lines;
    }

    private static List<String> text(List<byte[]> lines) {
        return lines.stream().map(line -> new String(line, StandardCharsets.UTF_8) + "\n").toList();
    }

    @Test
    void leavesWhatNoPowerCutExplainsAndGoesOnInANewFile() throws IOException {
        assertBroken("HEAD is missing", copy -> copy.lose(AuditHeadFile.NAME), false);
        assertBroken("seal of HEAD", copy -> copy.flip(AuditHeadFile.NAME, 8, 1), false);
        assertBroken("cannot be read", copy -> copy.put(AuditHeadFile.NAME, new byte[0]), false);
        assertBroken("ends at byte", copy -> cut(copy, 1), true);
        assertBroken("ends at byte", copy -> cut(copy, 3_000), true);
        assertBroken("is missing, but HEAD has", copy -> copy.lose(newest(copy)), true);
        assertBroken("not the line that was written",
                copy -> copy.flip(newest(copy), copy.bytes(newest(copy)).length - 700, 1), true);
        assertBroken("does not have line",
                copy -> copy.put(newest(copy), new byte[copy.bytes(newest(copy)).length]), true);
        assertBroken("newer than HEAD", copy -> copy.put(AuditFileNames.of(200), new byte[0]), true);
    }

    private void assertBroken(String problem, Consumer<SimDisk> crime, boolean found) throws IOException {
        SimDisk copy = tenFiles().copy();
        crime.accept(copy);
        List<String> before = AuditHarness.files(copy).stream()
                .map(name -> name + Arrays.hashCode(copy.bytes(name))).toList();
        AuditLog log = harness.open(copy, 4_000, 1 << 30, 101);
        assertTrue(log.problems().size() == 1 && log.problems().get(0).detail().contains(problem),
                problem + ": " + log.problems());
        log.close(101);
        List<String> files = AuditHarness.files(copy);
        assertEquals(before, files.subList(0, files.size() - 1).stream()
                .map(name -> name + Arrays.hashCode(copy.bytes(name))).toList());
        String first = AuditHarness.lines(copy.bytes(files.get(files.size() - 1))).get(0);
        assertEquals("broken", AuditHarness.member(first, "act"), problem);
        assertTrue(AuditHarness.member(first, "what").contains(problem), first);
        AuditVerification.Result result = AuditHarness.check(copy);
        assertEquals(found, result.fault().isPresent(), problem + ": " + result);
        assertTrue(found || result.notes().get(0).contains(problem), result.notes().toString());
        assertEquals(List.of(), harness.open(copy, 4_000, 1 << 30, 101).problems(), problem);
    }

    private SimDisk tenFiles() throws IOException {
        SimDisk ten = harness.disk();
        AuditLog log = harness.open(ten, 4_000, 1 << 30, 0);
        for (int i = 1; i <= 100; i++) {
            log.add(harness.put(i));
            log.step();
        }
        log.close(100);
        return ten;
    }

    private static String newest(SimDisk disk) {
        try {
            List<String> files = AuditHarness.files(disk);
            return files.get(files.size() - 1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void cut(SimDisk disk, int bytes) {
        byte[] content = disk.bytes(newest(disk));
        disk.put(newest(disk), Arrays.copyOf(content, Math.max(0, content.length - bytes)));
    }

    @Test
    void passesATailThatIsBeingWrittenWithANote() throws IOException {
        AuditLog log = harness.open(disk, 0);
        log.step();
        byte[] content = disk.bytes(newest(disk));
        byte[] torn = Arrays.copyOf(content, content.length + 100);
        System.arraycopy(content, 0, torn, content.length, 50);
        disk.put(newest(disk), torn);
        AuditVerification.Result result = AuditHarness.check(disk);
        assertEquals(Optional.empty(), result.fault());
        assertEquals("100 bytes after line 1 are being written, or a power cut left them incomplete",
                result.notes().get(0));
        assertEquals(List.of(), harness.open(disk, 0).problems());
        assertArrayEquals(content, Arrays.copyOf(disk.bytes(newest(disk)), content.length));
        AuditHarness.assertSound(disk, "cut off");
    }

    /**
     * After an fsync that failed the lines may be in memory only: reading them proves nothing, and forcing
     * them alone would do nothing.
     */
    @Test
    void writesLinesBehindHeadAgainAtAStart() throws IOException {
        AuditLog log = harness.open(disk, 0);
        int headOfTheBatch = 3;
        disk.failAt(headOfTheBatch, SimDisk.Fault.EIO, true);
        int from = disk.bytes(AuditFileNames.of(1)).length;
        log.add(harness.put(1));
        log.step();
        SimDisk killed = disk.killed();
        killed.mend();
        List<String> writes = new ArrayList<>();
        harness.open(recording(killed, writes), 1 << 20, 1 << 30, 1);
        byte[] content = killed.bytes(AuditFileNames.of(1));
        String line = AuditHarness.lines(Arrays.copyOfRange(content, from, content.length)).get(0);
        assertEquals(from + " " + line, writes.get(0));
        assertEquals(List.of("start", "put", "start"), AuditHarness.acts(killed));
    }

    /** The same directory; writes to its files are noted. */
    private static Disk recording(Disk disk, List<String> writes) {
        return (Disk) Proxy.newProxyInstance(Disk.class.getClassLoader(), new Class<?>[] {Disk.class},
                (proxy, method, arguments) -> {
            Object result = method.invoke(disk, arguments);
            return result instanceof DiskFile file ? recording(file, writes) : result;
        });
    }

    private static DiskFile recording(DiskFile file, List<String> writes) {
        return (DiskFile) Proxy.newProxyInstance(DiskFile.class.getClassLoader(),
                new Class<?>[] {DiskFile.class}, (proxy, method, arguments) -> {
            if (method.getName().equals("write")) {
                writes.add(arguments[1] + " "
                        + StandardCharsets.UTF_8.decode(((ByteBuffer) arguments[0]).duplicate()));
            }
            return method.invoke(file, arguments);
        });
    }

    @Test
    void refusesAKeyOfAnotherLength() {
        assertThrows(IllegalArgumentException.class,
                () -> new AuditLog.Settings(List.of(new byte[31]), 1, 1));
        AuditLog.Dependencies dependencies = new AuditLog.Dependencies(harness.clock, Logger.none());
        var small = new AuditLog.Settings(List.of(AuditHarness.KEY), 1, 1);
        assertThrows(NullPointerException.class, () -> AuditLog.open(disk, dependencies, small,
                new AuditLog.KnownHistory(0, Optional.empty())).add(null));
    }

    /** However many reads are refused: one line for each act, user, address and minute. */
    @Test
    void refusalsThatAnybodyMayCauseAreALineAMinute() throws IOException {
        AuditLog log = harness.open(disk, 0);
        for (int i = 0; i < 5_000; i++) {
            log.refused(new AuditEvent("read", new UUID(1, i % 2), "t", "10.0.0.1", "locked/" + i, "", 403, 0,
                    1, harness.clock.wallMs()));
        }
        log.step();
        assertEquals(List.of("start"), AuditHarness.acts(disk), "not yet");
        harness.clock.advance(60_000);
        log.step();
        assertEquals(List.of("start", "read", "read"), AuditHarness.acts(disk));
        String line = AuditHarness.lines(disk).get(1);
        assertEquals("2500", AuditHarness.member(line, "count"));
        assertEquals("locked/0", AuditHarness.member(line, "path"), "the first");
        log.close();
    }
}
