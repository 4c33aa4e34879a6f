package kvs.audit;

import java.io.IOException;
import java.util.Optional;

/**
 * Says what happened where a line does not follow the one before, from what comes later. Such a line has another number than belongs there, or
 * it is no line, or its hash is not that of its text.
 *
 * <pre>
 *   the number that belongs here …   comes later, and so does the one found …   what happened
 *   comes later                      it is lower, or it does                    INSERTED
 *   comes later                      it does not                                REORDERED
 *   does not                         the next line goes on as if it were right  CHANGED
 *   does not                         the one found is lower                     INSERTED
 *   does not                         the one found is higher                    REMOVED
 * </pre>
 * With the right number, or none: INSERTED when it comes later, else CHANGED; the last line without its break is a CUT_TAIL.
 */
final class ChainDiagnosis {

    private final AuditScan walk;
    private final long expected;
    private final Optional<AuditHeadFile> head;
    private boolean expectedLater;
    private boolean foundLater;
    private boolean goesOn;
    private boolean last = true;

    /** About the line at which {@code walk} stands; number {@code expected} belongs there. */
    ChainDiagnosis(AuditScan walk, long expected, Optional<AuditHeadFile> head) {
        this.walk = walk;
        this.expected = expected;
        this.head = head;
    }

    /** The fault; the walk is at its end then. */
    AuditVerification.Fault fault() throws IOException {
        long found = walk.line().map(AuditLine::n).orElse(expected);
        boolean cut = walk.line().isEmpty() && walk.torn();
        String file = walk.file();
        long number = walk.number();
        look(found);
        AuditVerification.Kind kind = cut && last ? AuditVerification.Kind.CUT_TAIL : kind(found);
        return new AuditVerification.Fault(kind, file, number, expected, words(kind, found));
    }

    private void look(long found) throws IOException {
        while (walk.next()) {
            long n = walk.line().map(AuditLine::n).orElse(0L);
            expectedLater |= n == expected;
            foundLater |= n == found;
            goesOn |= last && n == expected + 1;
            last = false;
        }
    }

    private AuditVerification.Kind kind(long found) {
        if (expectedLater) {
            return found <= expected || foundLater ? AuditVerification.Kind.INSERTED : AuditVerification.Kind.REORDERED;
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
            case REMOVED -> "line " + expected + (found - expected > 1 ? " to " + (found - 1) + " were" : " was")
                    + " removed, line " + found + " stands here";
            case INSERTED -> "a line was inserted before line " + expected;
            case REORDERED -> "the lines were reordered: line " + found + " stands where line " + expected + " belongs";
            case CUT_TAIL -> "the tail was cut within line " + expected;
        };
    }
}
