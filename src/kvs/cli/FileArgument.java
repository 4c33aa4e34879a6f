package kvs.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import kvs.world.Disk;
import kvs.world.FileDisk;
import kvs.world.PathCheck;

/** A file that an argument names: its directory, which must be there, and its name. */
record FileArgument(Disk disk, String name) {

    /** The file of that name, which need not be there. */
    static FileArgument of(String name) throws Arguments.MisuseException, IOException {
        Path file = Path.of(name).toAbsolutePath().normalize();
        if (file.getFileName() == null || !PathCheck.isDirectory(file.getParent())) {
            throw new Arguments.MisuseException("there is no directory for the file " + name);
        }
        return new FileArgument(FileDisk.open(file.getParent()), file.getFileName().toString());
    }

    /** The file of that name, which must be there. */
    static FileArgument existing(String name) throws Arguments.MisuseException, IOException {
        if (!PathCheck.isFile(Path.of(name))) {
            throw new Arguments.MisuseException("there is no file " + name);
        }
        return of(name);
    }

    /** The two arguments of a command that takes a file and a data directory. */
    static List<String> andDirectory(Arguments arguments) throws Arguments.MisuseException {
        if (arguments.rest().size() != 2) {
            throw new Arguments.MisuseException("expected a file and a data directory");
        }
        return arguments.rest();
    }

    @Override
    public String toString() {
        return disk.where() + "/" + name;
    }
}
