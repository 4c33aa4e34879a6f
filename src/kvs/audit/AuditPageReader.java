package kvs.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.world.Disk;
import kvs.world.DiskFile;

/**
 * Reads lines by their numbers from the durable parts of the files. Thread-safe; many threads may read at
 * once.
 */
final class AuditPageReader {

    private static final int PAGE_BYTES_MAX = 1 << 20;
    /** Distance that is read in sequence instead of halved again. */
    private static final int NEAR_BYTES = 4 * AuditLine.BYTES_MAX;

    private final Disk disk;

    AuditPageReader(Disk disk) {
        this.disk = disk;
    }

    /**
     * Lines after line {@code after}: at most {@code limit}, and at most {@value #PAGE_BYTES_MAX} bytes, but
     * at least one line.
     */
    AuditLog.Page read(List<AuditFiles.Extent> extents, long after, int limit) throws IOException {
        List<byte[]> lines = new ArrayList<>();
        PageBuilder page = new PageBuilder(lines, after, Math.max(1, limit));
        for (int i = 0; i < extents.size() && !page.full; i++) {
            boolean before = i + 1 < extents.size() && extents.get(i + 1).first() <= after + 1;
            if (!before) {
                page.fill(extents.get(i));
            }
        }
        return new AuditLog.Page(lines, page.next, page.full);
    }

    /** The line of that number; empty when it is pruned, missing or yet to come. */
    Optional<AuditLine> line(List<AuditFiles.Extent> extents, long n) throws IOException {
        List<byte[]> lines = read(extents, n - 1, 1).lines();
        return lines.isEmpty() ? Optional.empty()
                : AuditLine.decode(lines.get(0)).filter(line -> line.n() == n);
    }

    /** A page under construction. */
    private final class PageBuilder {

        private final List<byte[]> lines;
        private final int limit;
        private long next;
        private long bytes;
        private boolean full;

        PageBuilder(List<byte[]> lines, long after, int limit) {
            this.lines = lines;
            this.next = after;
            this.limit = limit;
        }

        void fill(AuditFiles.Extent extent) throws IOException {
            try (DiskFile file = disk.open(AuditFileNames.of(extent.first()), Disk.Mode.READ)) {
                AuditLineReader reader = new AuditLineReader(file, near(file, extent.bytes(), next),
                        extent.bytes());
                while (!full && reader.next()) {
                    reader.line().filter(line -> line.n() > next).ifPresent(this::add);
                }
            }
        }

        /**
         * Adds a line. Invalid lines are skipped by the caller: to find them is the task of a verification.
         */
        private void add(AuditLine line) {
            if (lines.size() == limit || !lines.isEmpty() && bytes + line.text().length > PAGE_BYTES_MAX) {
                full = true;
                return;
            }
            lines.add(line.text());
            bytes += line.text().length;
            next = line.n();
        }
    }

    /**
     * An offset at most {@value #NEAR_BYTES} bytes before the line after {@code after}, found by halving:
     * numbers only grow.
     */
    private static long near(DiskFile file, long size, long after) throws IOException {
        long low = 0;
        long high = size;
        while (high - low > NEAR_BYTES) {
            long middle = (low + high) >>> 1;
            if (numberAt(file, middle, size).map(n -> n <= after).orElse(false)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The number of the first whole line after an offset. */
    private static Optional<Long> numberAt(DiskFile file, long offset, long size) throws IOException {
        AuditLineReader lines = new AuditLineReader(file, offset,
                Math.min(size, offset + 2 * AuditLine.BYTES_MAX));
        lines.next();
        lines.next();
        return lines.line().map(AuditLine::n);
    }
}
