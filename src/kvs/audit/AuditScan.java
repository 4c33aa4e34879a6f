package kvs.audit;

import java.io.IOException;
import java.util.Iterator;
import java.util.NavigableSet;
import java.util.Optional;
import kvs.world.Disk;
import kvs.world.DiskFile;

/** Walks over all lines of all files in their order. One thread. */
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

    /** How many files there are. */
    int files() {
        return firsts.size();
    }

    /** Goes to the next line; false at the end of the last file. */
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

    /** The line decoded; empty when it is none. */
    Optional<AuditLine> line() {
        return lines.line();
    }

    /** The name of the file. */
    String file() {
        return name;
    }

    /** The line number that the name of the file promises. */
    long first() {
        return first;
    }

    /** Which line of the file it is, from 1. */
    long number() {
        return number;
    }

    /** Bytes of the file from this line on. */
    long rest() {
        return size - lines.start();
    }

    /** Whether it is what a write that the power cut short may leave: an end without a break, or with holes, in the last file. */
    boolean torn() {
        return !files.hasNext() && (!lines.whole() || holes());
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
