package kvs.audit;

import java.io.IOException;
import java.util.Iterator;
import java.util.NavigableSet;
import java.util.Optional;
import kvs.world.Disk;
import kvs.world.DiskFile;

/** Reads all lines of all files in their order. One thread. */
final class AuditScan implements AutoCloseable {

    private final Disk disk;
    private final NavigableSet<Long> firsts;
    private final Iterator<Long> files;
    private Optional<DiskFile> open = Optional.empty();
    private AuditLineReader lines;
    private String name = "";
    private long first;
    private long size;
    private long number;

    AuditScan(Disk disk) throws IOException {
        this.disk = disk;
        this.firsts = AuditFileNames.list(disk);
        this.files = firsts.iterator();
    }

    /** The number of files. */
    int files() {
        return firsts.size();
    }

    /** Moves to the next line; false at the end of the last file. */
    boolean next() throws IOException {
        while (open.isEmpty() || !lines.next()) {
            if (!files.hasNext()) {
                return false;
            }
            close();
            first = files.next();
            name = AuditFileNames.of(first);
            open = Optional.of(disk.open(name, Disk.Mode.READ));
            size = open.get().size();
            lines = new AuditLineReader(open.get(), 0, size);
            number = 0;
        }
        number++;
        return true;
    }

    /** The decoded line; empty when it is not valid. */
    Optional<AuditLine> line() {
        return lines.line();
    }

    /** The name of the file. */
    String file() {
        return name;
    }

    /** The number of the first line by the name of the file. */
    long first() {
        return first;
    }

    /** The position of the line in the file, from 1. */
    long number() {
        return number;
    }

    /** Bytes of the file from this line on. */
    long rest() {
        return size - lines.start();
    }

    /**
     * Whether a write that a power cut interrupted may leave such a line: no break at the end, or holes, in
     * the last file.
     */
    boolean torn() {
        return !files.hasNext() && (!lines.isComplete() || holes());
    }

    @Override
    public void close() throws IOException {
        if (open.isPresent()) {
            open.get().close();
        }
    }

    private boolean holes() {
        for (byte b : lines.bytes()) {
            if (b == 0) {
                return true;
            }
        }
        return false;
    }
}
