package kvs.audit;

import java.io.IOException;
import java.util.NavigableSet;
import java.util.TreeSet;
import kvs.model.AsciiParsers;
import kvs.world.Disk;

/** The names of the files with lines: the number of a file's first line, so that names sort like lines. */
final class AuditFileNames {

    private static final String ENDING = ".tamper";
    private static final int DIGITS = 19;

    private AuditFileNames() { }

    /** The file whose first line has that number. */
    static String of(long first) {
        return AsciiParsers.padded(first, DIGITS) + ENDING;
    }

    /** The first line numbers of all files. */
    static NavigableSet<Long> list(Disk disk) throws IOException {
        NavigableSet<Long> firsts = new TreeSet<>();
        for (String name : disk.list()) {
            String digits = name.endsWith(ENDING) ? name.substring(0, name.length() - ENDING.length()) : "";
            if (digits.length() == DIGITS && digits.startsWith("0")) {
                AsciiParsers.number(digits.substring(1), DIGITS - 1).ifPresent(firsts::add);
            }
        }
        return firsts;
    }
}
