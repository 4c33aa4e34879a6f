package kvs.cli;

import java.io.IOException;
import java.nio.file.Path;
import kvs.command.MisuseException;
import kvs.world.Disk;
import kvs.world.FileDisk;
import kvs.world.PathCheck;

/** A file that an argument names: its directory, which must be there, and its name. */
record FileArgument(Disk disk, String name) {

    /** The file of that name, which need not be there. */
    static FileArgument of(String name) throws MisuseException, IOException {
        Path file = Path.of(name).toAbsolutePath().normalize();
        if (file.getFileName() == null || !PathCheck.isDirectory(file.getParent())) {
            throw new MisuseException("there is no directory for the file " + name);
        }
        return new FileArgument(FileDisk.open(file.getParent()), file.getFileName().toString());
    }

    /** The file of that name, which must be there. */
    static FileArgument existing(String name) throws MisuseException, IOException {
        if (!PathCheck.isFile(Path.of(name))) {
            throw new MisuseException("there is no file " + name);
        }
        return of(name);
    }

    @Override
    public String toString() {
        return disk.where() + "/" + name;
    }
}
