package kvs.ops;

import java.io.IOException;
import java.util.NavigableSet;
import java.util.TreeSet;
import kvs.world.Disk;

/** The names of the files with lines: the number of the first line in them, so that the order of names is the order of lines. */
final class TamperNames {

    private static final String ENDING = ".tamper";
    private static final String PATTERN = "0[0-9]{18}\\.tamper";

    private TamperNames() { }

    /** The file whose first line has that number. */
    static String of(long first) {
        return String.format("%019d%s", first, ENDING);
    }

    /** The first line numbers of all files. */
    static NavigableSet<Long> list(Disk disk) throws IOException {
        NavigableSet<Long> firsts = new TreeSet<>();
        for (String name : disk.list()) {
            if (name.matches(PATTERN)) {
                firsts.add(Long.parseLong(name.substring(0, name.length() - ENDING.length())));
            }
        }
        return firsts;
    }
}
