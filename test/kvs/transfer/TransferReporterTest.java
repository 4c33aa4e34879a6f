package kvs.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import kvs.command.InMemoryInvocation;
import kvs.command.Invocation;
import kvs.sim.SimClock;
import org.junit.jupiter.api.Test;

class TransferReporterTest {

    private final SimClock clock = new SimClock();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private TransferReporter report(boolean terminal, long totalBytes) {
        Invocation invocation = InMemoryInvocation.of(clock, terminal, OutputStream.nullOutputStream(), out);
        return new TransferReporter(invocation.err(), TransferReporter.TransferProgress.of(invocation, false,
                totalBytes), clock);
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void writesOverOneLineAFewTimesASecond() {
        TransferReporter report = report(true, 0);
        for (int i = 0; i < 2_000; i++) {
            clock.advance(1);
            report.moved(10, 0, 1_000);
        }
        assertEquals(6, said().chars().filter(c -> c == '\r').count(), said());
        assertFalse(said().contains("\n"));
        assertTrue(said().stripTrailing().endsWith("\r20 000 documents, 10 000 documents/s"), said());
        report.refused("line 7", "bad");
        report.summary("imported");
        assertTrue(said().endsWith(" \rline 7: bad\n"
                + "imported 20,000 documents, 2.0 MB, in 2.0 s: 10,000/s, 1 refused\n"), said());
    }

    @Test
    void saysHowLongItTakesWhenItKnowsTheSize() {
        TransferReporter report = report(true, 4_000_000);
        clock.advance(1_000);
        report.moved(10, 0, 1_000_000);
        assertEquals("\r1.0 MB of 4.0 MB (25 %), 1.0 MB/s, 3 s left", said().stripTrailing());
        report.close();
        assertTrue(said().endsWith(" \r"), said());
    }

    @Test
    void saysHowLongItTakesWhenItKnowsTheNumberOfDocuments() {
        TransferReporter report = report(true, 0);
        report.expect(4_000);
        clock.advance(1_000);
        report.moved(1_000, 0, 5);
        assertEquals("\r1 000 documents of 4 000 documents (25 %), 1 000 documents/s, 3 s left",
                said().stripTrailing());
        assertTrue(report.isShown());
        assertFalse(report(false, 0).isShown());
    }

    /** Documents that were there already count for the rate: they were read and compared. */
    @Test
    void tellsWhatAComparisonFound() {
        TransferReporter report = report(false, 0);
        clock.advance(1_000);
        report.compared(1_000, 200, 3_000);
        report.moved(1_200, 0, 0);
        report.summary("imported");
        assertEquals("imported 1,200 documents (1,000 new, 200 changed), 3,000 unchanged, 0.0 MB,"
                + " in 1.0 s: 4,200/s\n", said());
    }

    @Test
    void namesAHundredEntriesOfAKindAndCountsAll() {
        TransferReporter report = report(false, 0);
        for (int i = 1; i <= 1_500; i++) {
            report.noted(EntryNote.FLAGS, "line " + i, "k" + i);
            report.noted(EntryNote.TEXT, "line " + i, "k" + i);
        }
        report.noted(EntryNote.LEASE, "line 7", "a");
        report.summary("imported");
        List<String> lines = said().lines().toList();
        assertEquals("line 100: key 'k100': flags, left out", lines.get(99));
        assertEquals("further entries of this kind are counted, but not listed", lines.get(100));
        assertEquals(List.of("1,500 entries: text that is not JSON, now a JSON string",
                "1,500 entries: flags, left out", "1 entry: a lease, whose time the file does not tell: the"
                + " document has no end"), lines.subList(102, 105));
    }

    @Test
    void saysOnlyTheEndWhereNobodyLooks() {
        TransferReporter report = report(false, 0);
        clock.advance(2_000);
        report.moved(5, 1, 100);
        assertEquals("", said());
        report.summary("exported");
        assertEquals("exported 5 documents, metadata of 1 paths, 0.0 MB, in 2.0 s: 3/s\n", said());
    }

    @Test
    void letsNothingTurnATerminal() {
        report(false, 0).refused("line 1", "unknown field '\u001b[2J\u202e\u2028\nx ä \ud83d\ude00'");
        assertEquals("line 1: unknown field '\\u001b[2J\\u202e\\u2028\\u000ax ä \ud83d\ude00'\n", said());
    }
}
