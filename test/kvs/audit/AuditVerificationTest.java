package kvs.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import kvs.sim.Depth;
import kvs.sim.SimDisk;
import kvs.world.Logger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Falsifies every line of a log of 1,000 lines in four files in every way, and cuts it everywhere. */
class AuditVerificationTest {

    private static final int LINES = 1_000;
    private static final int STRIDE = Depth.of(50, 1);
    private static final AuditHarness HARNESS = new AuditHarness(1);
    private static SimDisk whole;
    private static byte[] head;
    private static List<LineLocation> places;

    /** A line: its file, its number in it from 1, its text with its break. */
    private record LineLocation(String file, int number, String line) { }

    @BeforeAll
    static void writesAThousandLines() throws IOException {
        whole = HARNESS.disk();
        AuditLog log = HARNESS.open(whole, 100_000, 1 << 30, 0);
        for (int i = 1; i <= LINES - 2; i++) {
            log.add(HARNESS.put(i));
            if (i % 50 == 0) {
                log.step();
            }
        }
        log.close(LINES - 2);
        places = new ArrayList<>();
        for (String file : AuditHarness.files(whole)) {
            int number = 1;
            for (String line : AuditHarness.lines(whole.bytes(file))) {
                places.add(new LineLocation(file, number++, line));
            }
        }
        head = whole.bytes(AuditHeadFile.NAME);
        assertEquals(LINES, places.size());
        assertEquals(4, AuditHarness.files(whole).size());
        assertEquals(LINES, AuditHarness.check(whole).lines());
        AuditHarness.assertSound(whole, "untouched");
    }

    @Tag(Depth.DEEP)
    @Test
    void findsEveryRemovedLine() throws IOException {
        for (int i = 0; i < LINES; i = next(i)) {
            AuditVerification.Kind kind = i < LINES - 1 ? AuditVerification.Kind.REMOVED
                    : AuditVerification.Kind.CUT_TAIL;
            assertFound(kind, i, falsified(i, (lines, at) -> lines.remove((int) at)), "removed " + i);
        }
    }

    @Tag(Depth.DEEP)
    @Test
    void findsEveryPairOfSwappedNeighbours() throws IOException {
        for (int i = 0; i < LINES - 1; i = next(i)) {
            assertFound(AuditVerification.Kind.REORDERED, i, swapped(i, i + 1), "swapped " + i);
        }
    }

    @Tag(Depth.DEEP)
    @Test
    void findsEveryLineSwappedWithAnyOther() throws IOException {
        for (int i = 0; i < LINES - 1; i = next(i + 1)) {
            int j = i + 1 + HARNESS.dice.below(LINES - i - 1);
            assertFound(AuditVerification.Kind.REORDERED, i, swapped(i, j), "swapped " + i + " and " + j);
        }
    }

    @Tag(Depth.DEEP)
    @Test
    void findsEveryLineChangedAtAnyByte() throws IOException {
        for (int i = 0; i < LINES; i = next(i)) {
            String line = places.get(i).line;
            int at = HARNESS.dice.below(line.length());
            String changed = line.substring(0, at) + (char) (line.charAt(at) ^ 1 + HARNESS.dice.below(7))
                    + line.substring(at + 1);
            AuditVerification.Fault fault = fault(falsified(i, (lines, n) -> lines.set(n, changed)),
                    "changed " + i + " at " + at);
            assertEquals(i + 1, fault.seq(), "changed " + i + " at " + at + ": " + fault);
        }
    }

    @Tag(Depth.DEEP)
    @Test
    void findsEveryLineWhoseTextWasChanged() throws IOException {
        for (int i = 0; i < LINES; i = next(i)) {
            SimDisk disk = falsified(i, (lines, n) -> lines.set(n,
                    lines.get(n).replaceFirst("\"act\":\"\\w+\"", "\"act\":\"get\"")));
            assertFound(AuditVerification.Kind.CHANGED, i, disk, "changed " + i);
        }
    }

    @Tag(Depth.DEEP)
    @Test
    void findsEveryLineWhoseSealWasChanged() throws IOException {
        for (int i = 0; i < LINES; i = next(i + 2)) {
            SimDisk disk = falsified(i, (lines, n) -> lines.set(n,
                    lines.get(n).replaceFirst("\"seal\":\"\\w{4}", "\"seal\":\"0000")));
            assertFound(AuditVerification.Kind.SEAL_WRONG, i, disk, "unsealed " + i);
        }
    }

    @Tag(Depth.DEEP)
    @Test
    void findsEveryLineThatWasWrittenAnewWithoutTheKey() throws IOException {
        AuditSealer keyless = new AuditSealer(List.of(new byte[32]));
        for (int i = 1; i < LINES; i = next(i + 6)) {
            ChainPosition before = link(i - 1);
            AuditBatchBuilder forged = new AuditBatchBuilder(keyless, before);
            forged.add(HARNESS.put(i));
            String line = new String(forged.take().bytes(), StandardCharsets.UTF_8);
            assertFound(AuditVerification.Kind.SEAL_WRONG, i, falsified(i, (lines, n) -> lines.set(n, line)),
                    "forged " + i);
        }
    }

    @Tag(Depth.DEEP)
    @Test
    void findsEveryInsertedCopyOfAnyLine() throws IOException {
        for (int i = 1; i <= LINES; i = next(i)) {
            int from = HARNESS.dice.below(LINES);
            int shown = from == i ? i + 1 : i;
            String copy = places.get(from).line;
            AuditVerification.Fault fault = fault(inserted(i, copy), "line " + from + " again before " + i);
            assertEquals(AuditVerification.Kind.INSERTED, fault.kind(),
                    fault + ", line " + from + " again before " + i);
            assertEquals(shown + 1, fault.seq(), fault + ", line " + from + " again before " + i);
        }
    }

    @Tag(Depth.DEEP)
    @Test
    void findsEveryInsertedLineWithTheRightNumber() throws IOException {
        for (int i = 0; i < LINES; i = next(i)) {
            String line = places.get(i).line.replaceFirst("\"act\":\"\\w+\"", "\"act\":\"get\"");
            AuditVerification.Fault fault = fault(inserted(i, line), "before " + i);
            assertEquals(AuditVerification.Kind.INSERTED, fault.kind(), fault.toString());
            assertEquals(i + 1, fault.seq(), fault.toString());
        }
    }

    @Tag(Depth.DEEP)
    @Test
    void findsEveryInsertedLineThatIsNone() throws IOException {
        for (int i = 0; i < LINES; i = next(i)) {
            AuditVerification.Fault fault = fault(inserted(i, "\n"), "before " + i);
            assertEquals(AuditVerification.Kind.INSERTED, fault.kind(), fault.toString());
            assertEquals(i + 1, fault.seq(), fault.toString());
        }
        assertEquals(LINES + 1, fault(inserted(LINES, "rubbish\n"), "at the end").seq());
    }

    @Tag(Depth.DEEP)
    @Test
    void findsATailCutAtAnyLineOnlyByAnAnchor() throws IOException {
        AuditVerification.Anchor anchor = AuditHarness.check(whole).head();
        for (int kept = 0; kept < LINES; kept = next(kept)) {
            SimDisk disk = shortened(kept, 0);
            assertFound(AuditVerification.Kind.CUT_TAIL, kept, disk, "kept " + kept);
            if (kept % 10 != 0) {
                continue;
            }
            disk.lose(AuditHeadFile.NAME);
            AuditVerification.Result unanchored = AuditHarness.check(disk);
            assertEquals(Optional.empty(), unanchored.fault());
            assertFalse(unanchored.anchored());
            assertEquals(List.of("tail not anchored"), unanchored.notes());
            AuditVerification.Result anchored = AuditVerification.run(disk, List.of(AuditHarness.KEY),
                    List.of(new AuditVerification.WitnessReport(anchor, "a note")));
            assertEquals(kept + 1, anchored.fault().orElseThrow().seq());
        }
    }

    @Tag(Depth.DEEP)
    @Test
    void findsATailCutWithinAnyLine() throws IOException {
        for (int kept = 0; kept < LINES; kept = next(kept)) {
            int bytes = 1 + HARNESS.dice.below(places.get(kept).line.length() - 1);
            SimDisk disk = shortened(kept, bytes);
            assertFound(AuditVerification.Kind.CUT_TAIL, kept, disk,
                    "kept " + kept + " and " + bytes + " bytes");
            if (kept % 10 == 0) {
                disk.lose(AuditHeadFile.NAME);
                assertFound(AuditVerification.Kind.CUT_TAIL, kept, disk,
                        "kept " + kept + " and " + bytes + " bytes, no HEAD");
            }
        }
    }

    @Test
    void findsEveryLostFile() throws IOException {
        List<String> files = AuditHarness.files(whole);
        for (String file : files) {
            SimDisk disk = whole.copy();
            disk.lose(file);
            AuditVerification.Kind kind = file.equals(files.get(files.size() - 1))
                    ? AuditVerification.Kind.CUT_TAIL : AuditVerification.Kind.REMOVED;
            AuditVerification.Fault fault = fault(disk, file);
            assertEquals(kind, fault.kind(), fault.toString());
            assertEquals(Long.parseLong(file.substring(0, 19)), fault.seq(), fault.toString());
        }
    }

    @Test
    void findsARenamedFile() throws IOException {
        SimDisk disk = whole.copy();
        String file = AuditHarness.files(disk).get(2);
        long first = Long.parseLong(file.substring(0, 19));
        disk.put(AuditFileNames.of(first + 1), disk.bytes(file));
        disk.lose(file);
        assertEquals(first, fault(disk, "renamed").seq());
    }

    @Test
    void saysWhatAnchorsTheTail() throws IOException {
        AuditVerification.Result own = AuditHarness.check(whole);
        assertEquals(List.of("anchored up to line 1000 by this machine's own HEAD only"), own.notes());
        assertTrue(own.anchored());
        AuditVerification.Anchor outside = new AuditVerification.Anchor(500,
                AuditHarness.member(places.get(499).line, "hash"));
        assertEquals(List.of("anchored up to line 500 by a note, anchored up to line 1000 by this"
                + " machine's own HEAD"), AuditVerification.run(whole, List.of(AuditHarness.KEY),
                        List.of(new AuditVerification.WitnessReport(outside, "a note"))).notes());
        assertEquals(Optional.of(own.head()), AuditVerification.Anchor.parse(own.head().toString()));
        assertEquals(Optional.empty(), AuditVerification.Anchor.parse("1000"));
    }

    @Test
    void findsALogWrittenAnewByWhoHasTheKey() throws IOException {
        SimDisk disk = HARNESS.disk();
        HARNESS.open(disk, 0).close(0);
        AuditVerification.Anchor other = new AuditVerification.Anchor(2, "0".repeat(64));
        AuditVerification.Fault fault = AuditVerification.run(disk, List.of(AuditHarness.KEY),
                List.of(new AuditVerification.WitnessReport(other, "a note"))).fault().orElseThrow();
        assertEquals(2, fault.seq());
        assertTrue(fault.what().contains("a note remembers"), fault.what());
    }

    @Test
    void checksTheChainWithoutTheKeyAndSaysSo() throws IOException {
        AuditVerification.Result result = AuditVerification.run(whole, List.of(), List.of());
        assertEquals(Optional.empty(), result.fault());
        assertTrue(result.notes().contains("seals not checked: there is no key"), result.notes().toString());
        SimDisk disk = falsified(400, (lines, n) -> lines.set(n, lines.get(n).replace("put", "get")));
        assertEquals(401, AuditVerification.run(disk, List.of(), List.of()).fault().orElseThrow().seq());
    }

    /** The first of the listed secrets seals, all are believed: so a secret can be replaced. */
    @Test
    void believesTheSealsOfEveryListedKey() throws IOException {
        byte[] fresh = new byte[32];
        AuditHarness harness = new AuditHarness(9);
        SimDisk disk = harness.disk();
        AuditLog before = harness.open(disk, 0);
        before.add(harness.put(1));
        before.close(1);
        var both = new AuditLog.Settings(List.of(fresh, AuditHarness.KEY), 1 << 20, 1 << 30);
        AuditLog after = AuditLog.open(disk, new AuditLog.Dependencies(harness.clock, Logger.none()), both,
                new AuditLog.KnownHistory(1, Optional.empty()));
        assertEquals(List.of(), after.problems());
        after.add(harness.put(2));
        after.close(2);
        assertEquals(Optional.empty(), AuditVerification.run(disk, both.keys(), List.of()).fault());
        for (byte[] one : both.keys()) {
            assertEquals(AuditVerification.Kind.SEAL_WRONG,
                    AuditVerification.run(disk, List.of(one), List.of()).fault().orElseThrow().kind());
        }
    }

    @Test
    void findsAnotherKeyAndAChangedHead() throws IOException {
        assertEquals(AuditVerification.Kind.SEAL_WRONG,
                AuditVerification.run(whole, List.of(new byte[32]), List.of()).fault().orElseThrow().kind());
        for (int i = 0; i < head.length - 1; i++) {
            SimDisk disk = whole.copy();
            disk.flip(AuditHeadFile.NAME, i, 1);
            assertEquals(AuditHeadFile.NAME, fault(disk, "HEAD at " + i).file());
        }
    }

    /** The next line to try: all at the borders of files, else each or, in the short run, every 50th. */
    private static int next(int index) {
        int next = index + 1;
        while (next % STRIDE != 0 && next < LINES - 1 && !atBorder(next)) {
            next++;
        }
        return next;
    }

    private static boolean atBorder(int index) {
        return places.get(index).number == 1 || places.get(index + 1).number == 1;
    }

    private static ChainPosition link(int index) {
        AuditLine line = AuditLine.decode(places.get(index).line.strip().getBytes(StandardCharsets.UTF_8))
                .orElseThrow();
        return new ChainPosition(line.n(), line.hash(), 0);
    }

    private static SimDisk swapped(int i, int j) {
        List<String> lines = new ArrayList<>(places.stream().map(LineLocation::line).toList());
        String line = lines.get(i);
        lines.set(i, lines.get(j));
        lines.set(j, line);
        Map<String, StringBuilder> files = new TreeMap<>();
        for (int k = 0; k < LINES; k++) {
            files.computeIfAbsent(places.get(k).file, name -> new StringBuilder()).append(lines.get(k));
        }
        return disk(files);
    }

    private static SimDisk shortened(int kept, int bytes) {
        Map<String, StringBuilder> files = new TreeMap<>();
        for (int k = 0; k < kept; k++) {
            files.computeIfAbsent(places.get(k).file, name -> new StringBuilder()).append(places.get(k).line);
        }
        LineLocation cut = places.get(kept);
        files.computeIfAbsent(cut.file, name -> new StringBuilder()).append(cut.line, 0, bytes);
        return disk(files);
    }

    private static SimDisk inserted(int index, String line) {
        return index < LINES ? falsified(index, (lines, at) -> lines.add(at, line))
                : falsified(LINES - 1, (lines, at) -> lines.add(at + 1, line));
    }

    /**
     * The log with the file of line {@code index} changed; the change is told at which place of the file that
     * line is.
     */
    private static SimDisk falsified(int index, BiConsumer<List<String>, Integer> change) {
        LineLocation place = places.get(index);
        List<String> lines = new ArrayList<>(AuditHarness.lines(whole.bytes(place.file)));
        change.accept(lines, place.number - 1);
        SimDisk disk = whole.copy();
        disk.put(place.file, String.join("", lines).getBytes(StandardCharsets.UTF_8));
        return disk;
    }

    private static SimDisk disk(Map<String, StringBuilder> files) {
        SimDisk disk = HARNESS.disk();
        files.forEach((name, text) -> disk.put(name, text.toString().getBytes(StandardCharsets.UTF_8)));
        disk.put(AuditHeadFile.NAME, head);
        return disk;
    }

    private static void assertFound(AuditVerification.Kind kind, int index, SimDisk disk, String where)
            throws IOException {
        AuditVerification.Fault fault = fault(disk, where);
        assertEquals(index + 1, fault.seq(), where + ": " + fault);
        assertEquals(kind, fault.kind(), where + ": " + fault);
        LineLocation place = places.get(index);
        boolean lastOfFile = index + 1 == LINES || places.get(index + 1).number == 1;
        if (kind != AuditVerification.Kind.CUT_TAIL
                && !(kind == AuditVerification.Kind.REMOVED && lastOfFile)) {
            assertEquals(place.file, fault.file(), where + ": " + fault);
            assertEquals(place.number, fault.number(), where + ": " + fault);
        }
    }

    private static AuditVerification.Fault fault(SimDisk disk, String where) throws IOException {
        return AuditHarness.check(disk).fault()
                .orElseThrow(() -> new AssertionError(where + ": nothing found"));
    }
}
