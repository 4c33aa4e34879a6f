package kvs.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import kvs.world.Disk;
import kvs.world.DiskFile;

/**
 * The files with lines, and their durable parts. One thread at a time writes; any thread may read
 * {@link #extents} and {@link #durable}.
 *
 * <p>A batch is written in one piece to one file, forced, then recorded in HEAD. A failed batch is passed in
 * again until it succeeds. After a failed fsync the content of the disk is unknown (Rebello et al., "Can
 * Applications Recover from fsync Failures?", USENIX ATC 2020): the file is truncated to its durable part,
 * and the same lines go to a new file, so the chain stays as it is.
 */
final class AuditFiles implements AutoCloseable {

    private final Disk disk;
    private final AuditSealer seals;
    private final long fileBytes;
    private final TreeMap<Long, Long> sizes = new TreeMap<>();
    private final Deque<String> pendingDeletes = new ArrayDeque<>();
    private volatile ChainPosition durable;
    private Optional<DiskFile> current = Optional.empty();
    private long first;
    private long end;
    private boolean suspect;
    private volatile List<Extent> extents = List.of();

    /** The durable part of a file: the number of its first line and its bytes. */
    record Extent(long first, long bytes) { }

    /**
     * A file to be removed.
     *
     * @param first number of its first line
     * @param last number of its last line
     * @param link hash of its last line
     */
    record OldestFile(long first, long last, String link) { }

    private AuditFiles(Disk disk, AuditSealer seals, long fileBytes, AuditRecovery.RecoveredEnd found) {
        this.disk = disk;
        this.seals = seals;
        this.fileBytes = fileBytes;
        this.durable = found.link();
        this.first = found.file().orElse(0);
        this.end = found.end();
    }

    /** The files as recovery found them. */
    static AuditFiles open(Disk disk, AuditSealer seals, long fileBytes, AuditRecovery.RecoveredEnd found)
            throws IOException {
        AuditFiles files = new AuditFiles(disk, seals, fileBytes, found);
        for (long first : AuditFileNames.list(disk)) {
            try (DiskFile file = disk.open(AuditFileNames.of(first), Disk.Mode.READ)) {
                files.sizes.put(first, file.size());
            }
        }
        if (found.file().isPresent()) {
            files.current = Optional.of(disk.open(AuditFileNames.of(files.first), Disk.Mode.WRITE));
        }
        files.publish();
        return files;
    }

    /** The last durable line. */
    ChainPosition durable() {
        return durable;
    }

    /** The durable parts of the files, oldest first. */
    List<Extent> extents() {
        return extents;
    }

    /** Makes a batch durable, and HEAD too. To be called again with the same batch after a failure. */
    void write(AuditBatchBuilder.LineBatch batch) throws IOException {
        if (durable.n() < batch.end().n()) {
            append(batch);
        }
        new AuditHeadFile(durable, first, end).save(disk, seals);
    }

    /**
     * Selects the oldest file for removal when all together exceed {@code bytesMax}; never the current one.
     */
    Optional<OldestFile> markForDeletion(long bytesMax) throws IOException {
        long bytes = sizes.values().stream().mapToLong(size -> size).sum();
        if (bytes <= bytesMax || sizes.size() < 2 || sizes.firstKey() == first) {
            return Optional.empty();
        }
        OldestFile oldest = oldest(sizes.firstKey());
        pendingDeletes.add(AuditFileNames.of(oldest.first));
        sizes.remove(oldest.first);
        return Optional.of(oldest);
    }

    /**
     * Removes the selected files, one durably after the other, so that no older one outlives a younger one.
     */
    void remove() throws IOException {
        while (!pendingDeletes.isEmpty()) {
            if (disk.list().contains(pendingDeletes.peek())) {
                disk.delete(pendingDeletes.peek());
                disk.force();
            }
            pendingDeletes.remove();
        }
    }

    @Override
    public void close() throws IOException {
        if (current.isPresent()) {
            current.get().close();
        }
    }

    private void append(AuditBatchBuilder.LineBatch batch) throws IOException {
        if (suspect) {
            abandon();
        }
        if (current.isEmpty() || end > 0 && end + batch.bytes().length > fileBytes) {
            renew(batch.first());
        }
        DiskFile file = current.get();
        file.write(ByteBuffer.wrap(batch.bytes()), end);
        suspect = true;
        file.force();
        suspect = false;
        end += batch.bytes().length;
        durable = batch.end();
        sizes.put(first, end);
        publish();
    }

    /** Leaves a file whose fsync failed, truncated to its durable part. */
    private void abandon() throws IOException {
        DiskFile file = current.orElseThrow();
        if (end > 0) {
            file.truncate(end);
            file.force();
        }
        file.close();
        current = Optional.empty();
        suspect = false;
    }

    /**
     * Creates a new file, durably: HEAD must not name a file that is lost. A file of that name is the rest of
     * an earlier attempt that failed.
     */
    private void renew(long number) throws IOException {
        String name = AuditFileNames.of(number);
        if (disk.list().contains(name)) {
            disk.delete(name);
        }
        DiskFile made = disk.open(name, Disk.Mode.CREATE);
        try {
            disk.force();
            close();
        } catch (IOException e) {
            made.close();
            throw e;
        }
        current = Optional.of(made);
        first = number;
        end = 0;
    }

    private void publish() {
        extents = sizes.entrySet().stream().map(file -> new Extent(file.getKey(), file.getValue())).toList();
    }

    private OldestFile oldest(long number) throws IOException {
        try (DiskFile file = disk.open(AuditFileNames.of(number), Disk.Mode.READ)) {
            Optional<AuditLine> last = AuditLineReader.last(file, file.size());
            String link = last.map(line -> HexFormat.of().formatHex(line.hash())).orElse("");
            return new OldestFile(number, sizes.higherKey(number) - 1, link);
        }
    }
}
