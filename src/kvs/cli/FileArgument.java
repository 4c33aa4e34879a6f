package kvs.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import kvs.command.MisuseException;
import kvs.command.Progress;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.FileDisk;
import kvs.world.PathCheck;

/**
 * A file that an argument names.
 *
 * @param disk its directory, which is there
 * @param name its name in it
 * @param given the argument, for messages
 */
record FileArgument(Disk disk, String name, String given) {

    /** The file of that name, which need not be there. */
    static FileArgument of(String name) throws MisuseException, IOException {
        Path file = Path.of(name).toAbsolutePath().normalize();
        if (file.getFileName() == null || !PathCheck.isDirectory(file.getParent())) {
            throw new MisuseException("there is no directory for the file " + name);
        }
        return new FileArgument(FileDisk.open(file.getParent()), file.getFileName().toString(), name);
    }

    /** The file of that name, which must be there. */
    static FileArgument existing(String name) throws MisuseException, IOException {
        if (!PathCheck.isFile(Path.of(name))) {
            throw new MisuseException("there is no file " + name);
        }
        return of(name);
    }

    /** Shows the bytes of the file that were read, of all that it has. */
    LongConsumer reading(Progress progress) throws IOException {
        long all = size();
        return bytes -> progress.show(bytes, all);
    }

    /** Its size in bytes. */
    long size() throws IOException {
        try (DiskFile file = disk.open(name, Disk.Mode.READ)) {
            return file.size();
        }
    }

    @Override
    public String toString() {
        return disk.where() + "/" + name;
    }
}
