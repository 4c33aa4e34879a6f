package kvs.cli;

import java.io.IOException;
import java.util.function.LongConsumer;
import kvs.backup.BackupFileSummary;
import kvs.command.Invocation;

/** A line on a terminal that shows how far a command has come; elsewhere nothing. One thread. */
final class ProgressLine {

    private static final long PERCENT = 100;

    private final Invocation invocation;

    ProgressLine(Invocation invocation) {
        this.invocation = invocation;
    }

    /** Shows a number in the place of the one before. */
    void show(long number, String unit) {
        if (invocation.isWatched()) {
            invocation.err().print("\r" + number + unit);
            invocation.err().flush();
        }
    }

    /** Shows the share of a backup file that has been read. */
    LongConsumer reading(FileArgument file) throws IOException {
        long step = Math.max(1, BackupFileSummary.of(file.disk(), file.name()).bytes() / PERCENT);
        return bytes -> show(bytes / step, " %");
    }

    /** Clears the line. */
    void clear() {
        if (invocation.isWatched()) {
            invocation.err().print("\r               \r");
        }
    }
}
