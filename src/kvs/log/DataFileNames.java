package kvs.log;

import java.io.IOException;
import java.util.Optional;
import kvs.model.AsciiParsers;
import kvs.world.Disk;
import kvs.world.DiskFile;

/** The names of the files in a data directory, and the atomic replacement of a file. */
public final class DataFileNames {

    /** The file that marks the directory as in use; nothing else opens it. */
    public static final String LOCK = "LOCK";
    private static final String SEGMENT = ".log";
    private static final String CHECKPOINT = ".checkpoint";
    private static final int DIGITS_MIN = 8;
    private static final int DIGITS_MAX = 10;

    private DataFileNames() { }

    /** The name of the segment of that number. */
    public static String segment(int number) {
        return AsciiParsers.padded(number, DIGITS_MIN) + SEGMENT;
    }

    /** The name of the checkpoint of that number. */
    public static String checkpoint(int number) {
        return AsciiParsers.padded(number, DIGITS_MIN) + CHECKPOINT;
    }

    /** The number in the name of a segment. */
    public static Optional<Integer> segmentNumber(String name) {
        return number(name, SEGMENT);
    }

    /** The number in the name of a checkpoint. */
    public static Optional<Integer> checkpointNumber(String name) {
        return number(name, CHECKPOINT);
    }

    /** The content of a new file. */
    @FunctionalInterface
    public interface FileContent {
        /** Writes the content into an empty file. */
        void fill(DiskFile file) throws IOException;
    }

    /**
     * Replaces a file as a whole: temporary file, fsync, rename, fsync of the directory. A power cut at any
     * point leaves the old or the new one, and at most a temporary file.
     */
    public static void replace(Disk disk, String name, String temporary, FileContent filling)
            throws IOException {
        if (disk.list().contains(temporary)) {
            disk.delete(temporary);
        }
        try (DiskFile file = disk.open(temporary, Disk.Mode.CREATE)) {
            filling.fill(file);
            FileSync.file(file, temporary);
        } catch (IOException e) {
            remove(disk, temporary, e);
            throw e;
        }
        disk.rename(temporary, name);
        FileSync.directory(disk);
    }

    /** Removes a file that was written in part: on a full disk it takes space. */
    private static void remove(Disk disk, String name, IOException failure) {
        try {
            disk.delete(name);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private static Optional<Integer> number(String name, String ending) {
        int digits = name.length() - ending.length();
        if (digits < DIGITS_MIN || !name.endsWith(ending)) {
            return Optional.empty();
        }
        long number = AsciiParsers.number(name.substring(0, digits), DIGITS_MAX).orElse(0);
        return number > 0 && number < Integer.MAX_VALUE ? Optional.of((int) number) : Optional.empty();
    }
}
