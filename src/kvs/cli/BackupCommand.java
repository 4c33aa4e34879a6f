package kvs.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import kvs.auth.Tokens;
import kvs.backup.BackupWriter;
import kvs.backup.Restore;
import kvs.cluster.CoverageTracker;
import kvs.log.StorageEnvironment;
import kvs.log.UnusableDirectoryException;
import kvs.model.Version;
import kvs.world.Disk;

/**
 * The commands {@code backup}, {@code restore} and {@code verify} of a file: manual backups of a stopped
 * node's data directory.
 */
public final class BackupCommand {

    private static final long SHOWN_STEPS = 100;

    private final PrintStream out;
    private final PrintStream err;
    private final boolean terminal;

    /** The directory and name of a file. */
    public record FileLocation(Disk disk, String name) {

        @Override
        public String toString() {
            return disk.where() + "/" + name;
        }
    }

    /**
     * The options of a restore.
     *
     * @param untilMs time of the restored state, Unix ms; {@link Version#FOREVER} for all
     * @param keepTokens whether tokens stay valid
     */
    public record RestoreCommandOptions(long untilMs, boolean keepTokens) {

        /** Parses the options; impossible combinations are misuse. */
        public static RestoreCommandOptions of(Optional<String> until, boolean keepTokens) throws Arguments.MisuseException {
            if (until.isPresent() && keepTokens) {
                throw new Arguments.MisuseException("--keep-tokens does not go with --until: tokens that were revoked since would be good again");
            }
            return new RestoreCommandOptions(until.isPresent() ? time(until.get()) : Version.FOREVER, keepTokens);
        }

        private static long time(String text) throws Arguments.MisuseException {
            try {
                return text.matches("[0-9]{1,15}") ? Long.parseLong(text) : OffsetDateTime.parse(text).toInstant().toEpochMilli();
            } catch (DateTimeException e) {
                throw new Arguments.MisuseException("--until is a time such as 2026-11-26T03:44:35Z or 2026-11-26T03:44:35+01:00, or Unix ms, not '"
                        + text + "'");
            }
        }
    }

    /** A command that shows progress on {@code err} when that is a terminal. */
    public BackupCommand(PrintStream out, PrintStream err, boolean terminal) {
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    /** Writes the data of a stopped node into a file. */
    public void backup(StorageEnvironment data, FileLocation to) throws IOException, UnusableDirectoryException {
        BackupWriter.FinishedBackup made = BackupWriter.ofStopped(data, to.disk, to.name, bytes -> show(bytes >> 20, " MiB"));
        shown();
        out.println("backup " + to + ": " + made.keys() + " keys, " + made.bytes() + " bytes, root " + HexFormat.of().formatHex(made.root()));
    }

    /** Verifies a backup. */
    public void verify(FileLocation from) throws IOException, UnusableDirectoryException {
        Restore.BackupContent content = Restore.verify(from.disk, from.name, progress(from));
        shown();
        out.println("sound: " + content.keys() + " keys in " + content.versions() + " versions, " + content.bytes() + " bytes, made "
                + Instant.ofEpochMilli(content.madeMs()) + " of " + content.origin() + ", root " + HexFormat.of().formatHex(content.root()));
    }

    /** Restores a backup to a new data directory. */
    public void restore(FileLocation from, StorageEnvironment target, RestoreCommandOptions wish) throws IOException, UnusableDirectoryException {
        Restore.Result result = Restore.run(from.disk, from.name, target, new Restore.RestoreOptions(wish.untilMs,
                old -> CoverageTracker.carried(old, wish.untilMs == Version.FOREVER),
                view -> wish.keepTokens ? List.of() : Tokens.voids(view, target.clock().wallMs()), progress(from)));
        shown();
        out.println("restored " + target.disk().where() + ": " + result.keys() + " keys in " + result.versions() + " versions, root "
                + HexFormat.of().formatHex(result.root()));
        if (result.voided() > 0) {
            out.println("revoked " + result.voided() / Tokens.VOIDS_EACH + " tokens; make new ones by: java -jar kvs.jar token");
        }
        if (result.unreached() > 0) {
            err.println("kvs: of " + result.unreached() + " keys nothing so old is kept, and they existed then, perhaps; they are left out:\n"
                    + result.some().stream().map(key -> "  " + key.text().replaceAll("\\p{Cntrl}", "?")).collect(Collectors.joining("\n"))
                    + (result.unreached() > result.some().size() ? "\n  …" : ""));
        }
    }

    private LongConsumer progress(FileLocation from) throws IOException {
        long step = Math.max(1, BackupWriter.glance(from.disk, from.name).bytes() / SHOWN_STEPS);
        return bytes -> show(bytes / step, " %");
    }

    private void show(long number, String unit) {
        if (terminal) {
            err.print("\r" + number + unit);
            err.flush();
        }
    }

    private void shown() {
        if (terminal) {
            err.print("\r          \r");
        }
    }
}
