package kvs.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;
import kvs.json.JsonException;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.FailureText;

/**
 * Finds the end of the log at a start. HEAD records the end of its durable lines. After that a power cut may
 * have left whole lines, which count, and torn ones, which are cut off. Anything else cannot come from a
 * power cut and is left as it is: the log then continues in a new file, and records the fault there.
 */
final class AuditRecovery {

    private static final int COPY_BYTES = 1 << 20;

    private final Disk disk;
    private final AuditSealer seals;
    private final NavigableSet<Long> files;

    /**
     * The end at which the log continues.
     *
     * @param link the last line
     * @param file number of the file to continue; empty for a new one
     * @param end offset in it
     * @param broken damage that no power cut explains, else empty
     */
    record RecoveredEnd(ChainPosition link, OptionalLong file, long end, String broken) { }

    /** A finding that no power cut explains. */
    private static final class UnexplainedException extends Exception {

        private static final long serialVersionUID = 1L;

        UnexplainedException(String what) {
            super(what);
        }
    }

    private AuditRecovery(Disk disk, AuditSealer seals) throws IOException {
        this.disk = disk;
        this.seals = seals;
        this.files = AuditFileNames.list(disk);
    }

    /**
     * Recovers a directory: creates HEAD in an empty one, cuts off torn lines, and compares the lines with
     * the anchor {@code remembered} elsewhere.
     */
    static RecoveredEnd find(Disk disk, AuditSealer seals, Optional<AuditVerification.Anchor> remembered)
            throws IOException {
        AuditRecovery recovery = new AuditRecovery(disk, seals);
        RecoveredEnd found = recovery.find();
        return remembered.isPresent() ? recovery.against(remembered.get(), found) : found;
    }

    /**
     * Compares the log with an anchor. A log that lacks the anchored line, or has another one, continues
     * after the anchor, and leaves out at least one number: so every later verification finds the place, also
     * when no anchor is left.
     */
    private RecoveredEnd against(AuditVerification.Anchor remembered, RecoveredEnd found) throws IOException {
        long end = found.link().n();
        byte[] hash = HexFormat.of().parseHex(remembered.hash());
        List<AuditFiles.Extent> extents = new ArrayList<>();
        for (long first : files) {
            try (DiskFile file = disk.open(AuditFileNames.of(first), Disk.Mode.READ)) {
                extents.add(new AuditFiles.Extent(first, file.size()));
            }
        }
        Optional<AuditLine> same = new AuditPageReader(disk).line(extents, remembered.seq());
        boolean missing = remembered.seq() > end;
        if (!missing && (same.isEmpty() || Arrays.equals(same.get().hash(), hash))) {
            return found;
        }
        String what = missing ? "it ends at line " + end + ", the store remembers line " + remembered.seq()
                + ": it was removed, cut, replaced or restored to an older state" : "line " + remembered.seq()
                        + " differs from the line that the store remembers: the log was replaced or"
                        + " rewritten";
        String broken = found.broken().isEmpty() ? what : found.broken() + "; " + what;
        return new RecoveredEnd(new ChainPosition(Math.max(end + 1, remembered.seq()), hash,
                found.link().store()), OptionalLong.empty(), 0, broken);
    }

    private RecoveredEnd find() throws IOException {
        AuditHeadFile.LoadedHead loaded = AuditHeadFile.load(disk, seals);
        try {
            if (!loaded.problem().isEmpty()) {
                throw new UnexplainedException(loaded.problem());
            }
            return loaded.head().isPresent() ? behind(loaded.head().get()) : begin();
        } catch (UnexplainedException e) {
            return new RecoveredEnd(anyLink(loaded.head()), OptionalLong.empty(), 0, FailureText.text(e));
        }
    }

    /** HEAD is created before the first file, so no power cut leaves files without it. */
    private RecoveredEnd begin() throws IOException, UnexplainedException {
        if (!files.isEmpty()) {
            throw new UnexplainedException("HEAD is missing beside " + files.size() + " files with lines");
        }
        AuditHeadFile.start().save(disk, seals);
        return new RecoveredEnd(ChainPosition.start(), OptionalLong.empty(), 0, "");
    }

    /** A new file is begun only when HEAD records the end of the one before, so at most one is newer. */
    private RecoveredEnd behind(AuditHeadFile head) throws IOException, UnexplainedException {
        if (head.link().n() == 0 && files.isEmpty()) {
            return new RecoveredEnd(head.link(), OptionalLong.empty(), 0, "");
        }
        long size = durable(head);
        NavigableSet<Long> newer = files.tailSet(head.file(), false);
        if (newer.isEmpty()) {
            return tail(head.file(), head.end(), head.link());
        }
        if (newer.size() > 1 || newer.first() != head.link().n() + 1 || size != head.end()) {
            throw new UnexplainedException(AuditFileNames.of(newer.last())
                    + " is newer than HEAD, which ends at line " + head.link().n());
        }
        return tail(newer.first(), 0, head.link());
    }

    /** The size of the file that HEAD names, once its last line was found in its place. */
    private long durable(AuditHeadFile head) throws IOException, UnexplainedException {
        String name = AuditFileNames.of(head.file());
        if (!files.contains(head.file())) {
            throw new UnexplainedException(name + " is missing, but HEAD has line " + head.link().n());
        }
        try (DiskFile file = disk.open(name, Disk.Mode.READ)) {
            long size = file.size();
            if (size < head.end()) {
                throw new UnexplainedException(name + " ends at byte " + size + ", but HEAD has line"
                        + " " + head.link().n()
                        + " up to byte " + head.end());
            }
            AuditLineReader lines = new AuditLineReader(file,
                    Math.max(0, head.end() - 2 * AuditLine.BYTES_MAX), head.end());
            Optional<AuditLine> last = Optional.empty();
            while (lines.next()) {
                last = checked(name, last, lines);
            }
            if (head.end() > 0 && !last.map(line -> same(line, head.link())).orElse(false)) {
                throw new UnexplainedException(name + " does not have line " + head.link().n()
                        + " where HEAD has it");
            }
            return size;
        }
    }

    /**
     * Checks and returns the next durable line. HEAD, which is sealed, records the last of them, so the chain
     * is proof enough; their own seals may be of a secret that has been retired since. The first line read
     * may be only the end of one.
     */
    private Optional<AuditLine> checked(String name, Optional<AuditLine> before, AuditLineReader lines)
            throws UnexplainedException {
        Optional<AuditLine> line = lines.line();
        if (before.isEmpty()) {
            return line;
        }
        ChainPosition link = new ChainPosition(before.get().n(), before.get().hash(), 0);
        if (line.isEmpty() || line.get().n() != link.n() + 1 || !line.get().chained(link.hash(), seals)) {
            throw new UnexplainedException("the line after line " + link.n() + " in " + name
                    + " is not the line that was written");
        }
        return line;
    }

    private static boolean same(AuditLine line, ChainPosition link) {
        return line.n() == link.n() && Arrays.equals(line.hash(), link.hash());
    }

    /**
     * Takes whole lines from {@code from} on, and cuts off the rest. HEAD must record them before another
     * file is begun.
     */
    private RecoveredEnd tail(long first, long from, ChainPosition before) throws IOException {
        try (DiskFile file = disk.open(AuditFileNames.of(first), Disk.Mode.WRITE)) {
            long size = file.size();
            AuditLineReader lines = new AuditLineReader(file, from, size);
            ChainPosition link = before;
            long end = from;
            while (lines.next() && follows(lines.line(), link)) {
                link = link(lines.line().orElseThrow(), link);
                end = lines.end();
            }
            if (size > from) {
                settle(file, from, end);
            }
            if (end > from) {
                new AuditHeadFile(link, first, end).save(disk, seals);
            }
            return new RecoveredEnd(link, OptionalLong.of(first), end, "");
        }
    }

    private boolean follows(Optional<AuditLine> line, ChainPosition link) {
        return line.isPresent() && line.get().follows(link, seals);
    }

    /**
     * Makes these bytes durable and the last ones of the file. They are written again: after a failed fsync
     * they may be in memory only, and the next fsync would not write them.
     */
    private static void settle(DiskFile file, long from, long end) throws IOException {
        for (long at = from; at < end; at += COPY_BYTES) {
            ByteBuffer part = ByteBuffer.allocate((int) Math.min(COPY_BYTES, end - at));
            file.read(part, at);
            file.write(part.flip(), at);
        }
        file.truncate(end);
        file.force();
    }

    private static ChainPosition link(AuditLine line, ChainPosition before) {
        try {
            return new ChainPosition(line.n(), line.hash(), Math.max(before.store(), line.number("store")));
        } catch (JsonException e) {
            return new ChainPosition(line.n(), line.hash(), before.store());
        }
    }

    /**
     * A line after which a broken log may continue: its number is higher than all others, and no file but an
     * empty one has the next.
     */
    private ChainPosition anyLink(Optional<AuditHeadFile> head) throws IOException {
        ChainPosition link = head.map(AuditHeadFile::link).orElse(ChainPosition.start());
        for (long first : files.descendingSet()) {
            try (DiskFile file = disk.open(AuditFileNames.of(first), Disk.Mode.READ)) {
                Optional<AuditLine> last = AuditLineReader.last(file, file.size());
                if (last.isPresent() && last.get().n() > link.n()) {
                    return link(last.get(), link);
                }
                boolean next = first == link.n() + 1 && file.size() == 0;
                if (first > link.n() && !next) {
                    link = new ChainPosition(first, link.hash(), link.store());
                }
            }
        }
        return link;
    }
}
