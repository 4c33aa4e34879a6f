package kvs.audit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import kvs.json.JsonException;
import kvs.model.AsciiParsers;
import kvs.world.Disk;
import kvs.world.FailureText;

/**
 * Reads a whole audit log and names the first line that is not as it was written. It changes nothing and may
 * run beside the log. Its proof depends on its input: without the key the chain is checked and no seal, and
 * an attacker who changed a line could have written all later ones anew; without an anchor from elsewhere a
 * log that was cut at its end, together with HEAD, looks like a shorter one.
 */
public final class AuditVerification {

    private static final int NOTES_MAX = 20;

    private final Disk disk;
    private final AuditSealer seals;
    private final Optional<AuditHeadFile> head;
    private final List<WitnessReport> witnesses;
    private final List<String> notes = new ArrayList<>();
    private ChainPosition link = ChainPosition.start();
    private long lines;
    private Optional<AuditLine> firstLine = Optional.empty();
    private Optional<String> pruned = Optional.empty();
    private String file = AuditHeadFile.NAME;
    private long number;

    /**
     * A point of the chain that is noted elsewhere.
     *
     * @param seq number of the line
     * @param hash its hash, 64 hex digits
     */
    public record Anchor(long seq, String hash) {

        /** More lines than any log will have; a higher number is no point of a chain. */
        public static final long SEQ_MAX = 1L << 53;
        private static final int SEQ_DIGITS = 18;
        private static final int HASH_DIGITS = 64;

        /** Parses {@code seq:hash}; empty for any other text. */
        public static Optional<Anchor> parse(String text) {
            int colon = text.indexOf(':');
            OptionalLong seq = colon < 0 ? OptionalLong.empty()
                    : AsciiParsers.number(text.substring(0, colon), SEQ_DIGITS);
            return seq.isPresent() && AsciiParsers.hex(text.substring(colon + 1), HASH_DIGITS)
                    ? Optional.of(new Anchor(seq.getAsLong(), text.substring(colon + 1))) : Optional.empty();
        }

        /** Whether it is the same point; the comparison of a record costs a start 20 ms when first used. */
        public boolean isSame(Anchor other) {
            return seq == other.seq && hash.equals(other.hash);
        }

        @Override
        public String toString() {
            return seq + ":" + hash;
        }
    }

    /**
     * The holder of an anchor.
     *
     * @param anchor the point of the chain
     * @param who the store, a member, or another holder
     */
    public record WitnessReport(Anchor anchor, String who) { }

    /** The kind of a fault. */
    public enum Kind { CHANGED, REMOVED, INSERTED, REORDERED, CUT_TAIL, SEAL_WRONG }

    /**
     * The first line that is not as it was written.
     *
     * @param kind the kind of fault
     * @param file name of the file
     * @param number position of the line in the file, from 1
     * @param seq number that belongs there
     * @param what the fault in words
     */
    public record Fault(Kind kind, String file, long number, long seq, String what) {

        @Override
        public String toString() {
            return file + " line " + number + ": " + what;
        }
    }

    /**
     * The result of a verification.
     *
     * @param lines number of lines that are as they were written, up to the fault
     * @param files number of files with lines
     * @param fault the first one
     * @param head the last line before the fault: without a fault, the anchor to note elsewhere
     * @param anchored whether a cut tail would have been found
     * @param notes further facts: the anchors of the tail, omitted checks, the log's own reports
     */
    public record Result(long lines, int files, Optional<Fault> fault, Anchor head, boolean anchored,
            List<String> notes) { }

    private AuditVerification(Disk disk, AuditSealer seals, Optional<AuditHeadFile> head,
            List<WitnessReport> witnesses) {
        this.disk = disk;
        this.seals = seals;
        this.head = head;
        this.witnesses = witnesses;
    }

    /**
     * Verifies the log of a directory. {@code keys} are those of the log; without keys the seals are not
     * checked.
     */
    public static Result run(Disk directory, List<byte[]> keys, List<WitnessReport> witnesses)
            throws IOException {
        AuditSealer seals = new AuditSealer(keys);
        AuditHeadFile.LoadedHead loaded = AuditHeadFile.load(directory, seals);
        AuditVerification check = new AuditVerification(directory, seals, loaded.head(), witnesses);
        if (keys.isEmpty()) {
            check.notes.add("seals not checked: there is no key");
        }
        return check.result(loaded.problem());
    }

    private Result result(String headProblem) throws IOException {
        try (AuditScan scan = new AuditScan(disk)) {
            Optional<Fault> fault = walk(scan).or(this::beforeFirst).or(this::cutTail);
            if (fault.isEmpty() && !headProblem.isEmpty()) {
                fault = Optional.of(new Fault(Kind.SEAL_WRONG, AuditHeadFile.NAME, 1, link.n(), headProblem));
            }
            notes.add(anchoring());
            return new Result(lines, scan.files(), fault, new Anchor(link.n(), hex(link.hash())),
                    head.isPresent() || !witnesses.isEmpty(), List.copyOf(notes));
        }
    }

    private Optional<Fault> walk(AuditScan scan) throws IOException {
        while (scan.next()) {
            file = scan.file();
            number = scan.number();
            if (lines == 0) {
                link = new ChainPosition(scan.first() - 1, link.hash(), 0);
            }
            if (scan.line().isEmpty() && scan.torn() && head.isPresent()
                    && head.get().link().n() <= link.n()) {
                notes.add(scan.rest() + " bytes after line " + link.n()
                        + " are being written, or a power cut left them incomplete");
                return Optional.empty();
            }
            Optional<Fault> fault = judge(scan);
            if (fault.isPresent()) {
                return fault;
            }
            take(scan.line().orElseThrow());
        }
        return Optional.empty();
    }

    /** The hash of the first line is checked later, by a {@code pruned} line, unless it is line 1. */
    private Optional<Fault> judge(AuditScan scan) throws IOException {
        Optional<AuditLine> found = scan.line();
        long expected = link.n() + 1;
        boolean hanging = lines == 0 && expected > 1;
        if (found.isEmpty() || found.get().n() != expected
                || !hanging && !found.get().chained(link.hash(), seals)) {
            return Optional.of(new ChainDiagnosis(scan, expected, head).fault());
        }
        if (!found.get().sealed(seals)) {
            return fault(Kind.SEAL_WRONG, "the seal is wrong: line " + expected
                    + " was changed or inserted without the key, or the key is another one");
        }
        if (number == 1 && scan.first() != expected) {
            return fault(Kind.CHANGED,
                    "the name of the file was changed: line " + expected + " is the first one in it");
        }
        String hash = hex(found.get().hash());
        Optional<WitnessReport> against = witnesses.stream()
                .filter(one -> one.anchor.seq == expected && !one.anchor.hash.equals(hash)).findFirst();
        if (against.isPresent()) {
            return fault(Kind.CHANGED, "line " + expected + " differs from the line that " + against.get().who
                    + " remembers: the log was rewritten up to here, or it is another log");
        }
        if (head.isPresent() && head.get().link().n() == expected
                && !Arrays.equals(head.get().link().hash(), found.get().hash())) {
            return fault(Kind.CHANGED,
                    "line " + expected + " differs from the line in HEAD: lines were rewritten");
        }
        return Optional.empty();
    }

    private void take(AuditLine line) {
        if (lines++ == 0) {
            firstLine = Optional.of(line);
        }
        link = new ChainPosition(line.n(), line.hash(), 0);
        try {
            if (line.is("pruned") && firstLine.get().n() == line.number("last") + 1) {
                pruned = Optional.of(line.string("link"));
            }
            if (line.is("broken")) {
                note("line " + line.n() + " reports an earlier break of the log: " + line.string("what"));
            }
        } catch (JsonException e) {
            note("line " + line.n() + " is not JSON: " + FailureText.text(e));
        }
    }

    private void note(String note) {
        if (notes.size() < NOTES_MAX) {
            notes.add(note);
        }
    }

    /** Removed first lines must have been pruned by the log, which then recorded their last hash. */
    private Optional<Fault> beforeFirst() {
        if (firstLine.isEmpty() || firstLine.get().n() == 1) {
            return Optional.empty();
        }
        long n = firstLine.get().n();
        String name = AuditFileNames.of(n);
        if (pruned.isEmpty()) {
            return Optional.of(new Fault(Kind.REMOVED, name, 1, 1,
                    "lines 1 to " + (n - 1) + " were removed, but not by the log itself"));
        }
        boolean linked = Anchor.parse("0:" + pruned.get()).isPresent()
                && firstLine.get().chained(HexFormat.of().parseHex(pruned.get()), seals);
        return linked ? Optional.empty() : Optional.of(new Fault(Kind.CHANGED, name, 1, n,
                "line " + n + " was changed, or the pruned lines before it"));
    }

    private Optional<Fault> cutTail() {
        number++;
        Optional<WitnessReport> highest = witnesses.stream()
                .max(Comparator.comparingLong(one -> one.anchor.seq));
        long own = head.map(h -> h.link().n()).orElse(0L);
        long known = Math.max(own, highest.map(one -> one.anchor.seq).orElse(0L));
        if (known <= link.n()) {
            return Optional.empty();
        }
        String who = known == own ? "HEAD" : highest.orElseThrow().who;
        return fault(Kind.CUT_TAIL, (lines == 0 ? "the log was removed" : "the tail was cut") + ": lines "
                + (link.n() + 1) + " to " + known + " are missing; " + who + " remembers the last one");
    }

    private String anchoring() {
        List<String> texts = new ArrayList<>();
        witnesses.forEach(one -> texts.add("anchored up to line " + one.anchor.seq + " by " + one.who));
        String only = texts.isEmpty() ? " only" : "";
        head.ifPresent(
                h -> texts.add("anchored up to line " + h.link().n() + " by this machine's own HEAD" + only));
        return texts.isEmpty() ? "tail not anchored" : String.join(", ", texts);
    }

    private Optional<Fault> fault(Kind kind, String what) {
        return Optional.of(new Fault(kind, file, number, link.n() + 1, what));
    }

    private static String hex(byte[] hash) {
        return HexFormat.of().formatHex(hash);
    }
}
