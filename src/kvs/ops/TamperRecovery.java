package kvs.ops;

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
import kvs.world.Failures;

/**
 * Finds where the log goes on at a start. HEAD says how far its lines were durable. Behind that a power cut may have left whole lines, which
 * count, and torn ones, which are cut off. Everything else cannot come from a power cut and is left as it is: the log then goes on in a new
 * file, and says so there.
 */
final class TamperRecovery {

    private static final int COPY_BYTES = 1 << 20;

    private final Disk disk;
    private final TamperSeal seals;
    private final NavigableSet<Long> files;

    /**
     * Where the log goes on.
     *
     * @param link the last line
     * @param file number of the file to go on in; empty for a new one
     * @param end where in it
     * @param broken what was found that no power cut explains, else empty
     */
    record Found(TamperLink link, OptionalLong file, long end, String broken) { }

    /** Something that no power cut explains. */
    private static final class Unexplained extends Exception {

        private static final long serialVersionUID = 1L;

        Unexplained(String what) {
            super(what);
        }
    }

    private TamperRecovery(Disk disk, TamperSeal seals) throws IOException {
        this.disk = disk;
        this.seals = seals;
        this.files = TamperNames.list(disk);
    }

    /**
     * Looks into the directory, makes HEAD in an empty one, and cuts off what was torn. What the log {@code remembered} elsewhere and what is
     * here must agree.
     */
    static Found find(Disk disk, TamperSeal seals, Optional<TamperCheck.Anchor> remembered) throws IOException {
        TamperRecovery recovery = new TamperRecovery(disk, seals);
        Found found = recovery.find();
        return remembered.isPresent() ? recovery.against(remembered.get(), found) : found;
    }

    /**
     * A log that lacks what is remembered goes on behind that, with a number left out where there is none to leave out: so every later
     * check finds the place, also when nobody remembers it any more.
     */
    private Found against(TamperCheck.Anchor remembered, Found found) throws IOException {
        long end = found.link().n();
        byte[] hash = HexFormat.of().parseHex(remembered.hash());
        List<TamperFiles.Extent> extents = new ArrayList<>();
        for (long first : files) {
            try (DiskFile file = disk.open(TamperNames.of(first), Disk.Mode.READ)) {
                extents.add(new TamperFiles.Extent(first, file.size()));
            }
        }
        Optional<TamperLine> same = new TamperPages(disk).line(extents, remembered.seq());
        boolean missing = remembered.seq() > end;
        if (!missing && (same.isEmpty() || Arrays.equals(same.get().hash(), hash))) {
            return found;
        }
        String what = missing ? "it ends at line " + end + ", the store remembers line " + remembered.seq()
                + ": it was removed, cut, replaced or put back to an older state"
                : "line " + remembered.seq() + " is not the one that the store remembers: the log was replaced or written anew";
        String broken = found.broken().isEmpty() ? what : found.broken() + "; " + what;
        return new Found(new TamperLink(Math.max(end + 1, remembered.seq()), hash, found.link().store()), OptionalLong.empty(), 0, broken);
    }

    private Found find() throws IOException {
        TamperHead.Loaded loaded = TamperHead.load(disk, seals);
        try {
            if (!loaded.problem().isEmpty()) {
                throw new Unexplained(loaded.problem());
            }
            return loaded.head().isPresent() ? behind(loaded.head().get()) : begin();
        } catch (Unexplained e) {
            return new Found(anyLink(loaded.head()), OptionalLong.empty(), 0, Failures.text(e));
        }
    }

    /** HEAD is made before the first file, so files without it were never left by a power cut. */
    private Found begin() throws IOException, Unexplained {
        if (!files.isEmpty()) {
            throw new Unexplained("HEAD is missing beside " + files.size() + " files with lines");
        }
        TamperHead.start().save(disk, seals);
        return new Found(TamperLink.start(), OptionalLong.empty(), 0, "");
    }

    /** A new file is begun only when HEAD speaks of the end of the one before, so at most one is newer. */
    private Found behind(TamperHead head) throws IOException, Unexplained {
        if (head.link().n() == 0 && files.isEmpty()) {
            return new Found(head.link(), OptionalLong.empty(), 0, "");
        }
        long size = durable(head);
        NavigableSet<Long> newer = files.tailSet(head.file(), false);
        if (newer.isEmpty()) {
            return tail(head.file(), head.end(), head.link());
        }
        if (newer.size() > 1 || newer.first() != head.link().n() + 1 || size != head.end()) {
            throw new Unexplained(TamperNames.of(newer.last()) + " is newer than HEAD, which ends at line " + head.link().n());
        }
        return tail(newer.first(), 0, head.link());
    }

    /** The size of the file that HEAD names, once its last line was seen in its place. */
    private long durable(TamperHead head) throws IOException, Unexplained {
        String name = TamperNames.of(head.file());
        if (!files.contains(head.file())) {
            throw new Unexplained(name + " is missing, in which HEAD knows line " + head.link().n());
        }
        try (DiskFile file = disk.open(name, Disk.Mode.READ)) {
            long size = file.size();
            if (size < head.end()) {
                throw new Unexplained(name + " ends at byte " + size + ", line " + head.link().n() + " ended at " + head.end());
            }
            TamperLines lines = new TamperLines(file, Math.max(0, head.end() - 2 * TamperLine.BYTES_MAX), head.end());
            Optional<TamperLine> last = Optional.empty();
            while (lines.next()) {
                last = checked(name, last, lines);
            }
            if (head.end() > 0 && !last.map(line -> same(line, head.link())).orElse(false)) {
                throw new Unexplained(name + " does not have line " + head.link().n() + " where HEAD knows it");
            }
            return size;
        }
    }

    /**
     * The next of the lines that were durable. HEAD, which is sealed, knows the last of them, so the chain is proof enough; their own seals may
     * be of a secret that has been retired since. The first one in sight may be the end of one only.
     */
    private Optional<TamperLine> checked(String name, Optional<TamperLine> before, TamperLines lines) throws Unexplained {
        Optional<TamperLine> line = lines.line();
        if (before.isEmpty()) {
            return line;
        }
        TamperLink link = new TamperLink(before.get().n(), before.get().hash(), 0);
        if (line.isEmpty() || line.get().n() != link.n() + 1 || !line.get().chained(link.hash(), seals)) {
            throw new Unexplained("the line behind line " + link.n() + " in " + name + " is not the one that was written");
        }
        return line;
    }

    private static boolean same(TamperLine line, TamperLink link) {
        return line.n() == link.n() && Arrays.equals(line.hash(), link.hash());
    }

    /** Takes whole lines from {@code from} on, and cuts off the rest. HEAD must know them before another file is begun. */
    private Found tail(long first, long from, TamperLink before) throws IOException {
        try (DiskFile file = disk.open(TamperNames.of(first), Disk.Mode.WRITE)) {
            long size = file.size();
            TamperLines lines = new TamperLines(file, from, size);
            TamperLink link = before;
            long end = from;
            while (lines.next() && follows(lines.line(), link)) {
                link = link(lines.line().orElseThrow(), link);
                end = lines.end();
            }
            if (size > from) {
                settle(file, from, end);
            }
            if (end > from) {
                new TamperHead(link, first, end).save(disk, seals);
            }
            return new Found(link, OptionalLong.of(first), end, "");
        }
    }

    private boolean follows(Optional<TamperLine> line, TamperLink link) {
        return line.isPresent() && line.get().follows(link, seals);
    }

    /**
     * Makes these bytes durable and the last ones of the file. They are written again: after an fsync that failed they may be in memory only,
     * and the next fsync would not touch them.
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

    private static TamperLink link(TamperLine line, TamperLink before) {
        try {
            return new TamperLink(line.n(), line.hash(), Math.max(before.store(), line.number("store")));
        } catch (JsonException e) {
            return new TamperLink(line.n(), line.hash(), before.store());
        }
    }

    /** Some line behind which a broken log may go on: its number is higher than all others, and no file but an empty one has the next. */
    private TamperLink anyLink(Optional<TamperHead> head) throws IOException {
        TamperLink link = head.map(TamperHead::link).orElse(TamperLink.start());
        for (long first : files.descendingSet()) {
            try (DiskFile file = disk.open(TamperNames.of(first), Disk.Mode.READ)) {
                Optional<TamperLine> last = TamperLines.last(file, file.size());
                if (last.isPresent() && last.get().n() > link.n()) {
                    return link(last.get(), link);
                }
                boolean next = first == link.n() + 1 && file.size() == 0;
                if (first > link.n() && !next) {
                    link = new TamperLink(first, link.hash(), link.store());
                }
            }
        }
        return link;
    }
}
