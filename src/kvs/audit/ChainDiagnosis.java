package kvs.audit;

import java.io.IOException;
import java.util.Optional;

/**
 * Decides what happened to a line that does not follow the one before, from the lines after it. Such a line
 * has another number than expected, or it cannot be decoded, or its hash is not that of its text.
 *
 * <pre>
 *   expected number   number found                              fault
 *   occurs later      is lower, or occurs again later           INSERTED
 *   occurs later      is higher, and does not occur again       REORDERED
 *   is missing        any; the next line has expected + 1       CHANGED
 *   is missing        is lower                                  INSERTED
 *   is missing        is higher                                 REMOVED
 * </pre>
 * With the expected number, or none: INSERTED when that occurs later, else CHANGED; the last line without its
 * break is a CUT_TAIL.
 */
final class ChainDiagnosis {

    private final AuditScan scan;
    private final long expected;
    private final Optional<AuditHeadFile> head;
    private boolean expectedLater;
    private boolean foundLater;
    private boolean goesOn;
    private boolean last = true;

    /** A diagnosis of the current line of {@code scan}, where number {@code expected} belongs. */
    ChainDiagnosis(AuditScan scan, long expected, Optional<AuditHeadFile> head) {
        this.scan = scan;
        this.expected = expected;
        this.head = head;
    }

    /** The fault; {@code scan} is at its end then. */
    AuditVerification.Fault fault() throws IOException {
        long found = scan.line().map(AuditLine::n).orElse(expected);
        boolean cut = scan.line().isEmpty() && scan.torn();
        String file = scan.file();
        long number = scan.number();
        look(found);
        AuditVerification.Kind kind = cut && last ? AuditVerification.Kind.CUT_TAIL : kind(found);
        return new AuditVerification.Fault(kind, file, number, expected, words(kind, found));
    }

    private void look(long found) throws IOException {
        while (scan.next()) {
            long n = scan.line().map(AuditLine::n).orElse(0L);
            expectedLater |= n == expected;
            foundLater |= n == found;
            goesOn |= last && n == expected + 1;
            last = false;
        }
    }

    private AuditVerification.Kind kind(long found) {
        if (expectedLater) {
            return found <= expected || foundLater ? AuditVerification.Kind.INSERTED
                    : AuditVerification.Kind.REORDERED;
        }
        boolean beyond = last && found > expected && head.map(h -> h.link().n() < found).orElse(false);
        if (found == expected || goesOn || beyond) {
            return AuditVerification.Kind.CHANGED;
        }
        return found < expected ? AuditVerification.Kind.INSERTED : AuditVerification.Kind.REMOVED;
    }

    private String words(AuditVerification.Kind kind, long found) {
        return switch (kind) {
            case CHANGED, SEAL_WRONG -> "line " + expected + " was changed";
            case REMOVED -> "line " + expected + (found - expected > 1 ? " to " + (found - 1) + " were"
                    : " was") + " removed, line " + found + " is here";
            case INSERTED -> "a line was inserted before line " + expected;
            case REORDERED -> "the lines were reordered: line " + found + " is where line "
                    + expected + " belongs";
            case CUT_TAIL -> "the tail was cut within line " + expected;
        };
    }
}
