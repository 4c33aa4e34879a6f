package kvs.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import kvs.auth.RestoredTokenRevocation;
import kvs.backup.Restore;
import kvs.cli.keys.KeyRestore;
import kvs.cluster.CoverageNotes;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.GlobalOptions;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OptionSpec;
import kvs.command.Progress;
import kvs.command.ValueType;
import kvs.log.StorageEnvironment;
import kvs.log.UnusableDirectoryException;
import kvs.model.Version;
import kvs.world.FileDisk;
import kvs.world.PathCheck;

/** The command {@code restore}: makes a data directory of a backup. */
final class RestoreCommand implements LocalCommand {

    private static final List<String> OF_BACKUPS = List.of("--keep-tokens", "--until");
    private static final List<String> OF_KEYS = List.of(KeyRestore.TO, KeyRestore.DRY_RUN, KeyRestore.FORCE,
            KeyRestore.YES);

    private final Invocation invocation;

    /**
     * The options of a restore.
     *
     * @param untilMs time of the restored state, Unix ms; {@link Version#FOREVER} for all
     * @param keepTokens whether tokens stay valid
     */
    private record RestoreCommandOptions(long untilMs, boolean keepTokens) {

        static RestoreCommandOptions of(Arguments arguments) throws MisuseException {
            Optional<String> until = arguments.option("--until");
            boolean keepTokens = arguments.has("--keep-tokens");
            if (until.isPresent() && keepTokens) {
                throw new MisuseException("--keep-tokens does not work with --until:"
                        + " tokens that were revoked since then would be valid again");
            }
            return new RestoreCommandOptions(until.isPresent() ? time(until.get()) : Version.FOREVER,
                    keepTokens);
        }

        private static long time(String text) throws MisuseException {
            try {
                return text.matches("[0-9]{1,15}") ? Long.parseLong(text)
                        : OffsetDateTime.parse(text).toInstant().toEpochMilli();
            } catch (DateTimeException e) {
                throw new MisuseException("--until must be a time such as 2026-11-26T03:44:35Z or"
                        + " 2026-11-26T03:44:35+01:00, or Unix ms, not '" + text + "'");
            }
        }
    }

    RestoreCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("restore", "put an old version back, or make a data directory from a backup")
                .form(ArgumentSpec.of("FILE", ValueType.FILE, "the backup"),
                        ArgumentSpec.of("DATA_DIR", ValueType.DIRECTORY, "the directory, empty or not there"))
                .form(ArgumentSpec.of("KEY@ID|KEY|PREFIX/", ValueType.KEY, "a version of a key by four or"
                        + " more"
                        + " digits of its id, or with --to a key or everything below a prefix"))
                .value(KeyRestore.TO, ValueType.TIME, "the state of that moment, of a key or prefix")
                .flag(KeyRestore.DRY_RUN, "of a key or prefix: only show what would be done")
                .flag(KeyRestore.FORCE, "of a prefix: leave keys alone whose history is too short")
                .option(OptionSpec.flag(KeyRestore.YES, "do not ask before more than one key is changed")
                        .letter('y'))
                .flag("--keep-tokens", "from a backup: keep the tokens valid; the default revokes all of"
                        + " them")
                .option(OptionSpec.of("--until", ValueType.TIME,
                        "from a backup: the state of that time, as far as the history reaches back"))
                .example("kvs restore users/john@9cde", "write that version again, as the newest one")
                .example("kvs restore users/ --to '10 min ago' --dry-run", "what would be put back")
                .example("kvs restore /backup/monday.kvs data", "a node that starts from the backup")
                .status(ExitStatus.ABSENT, "there is no such version")
                .usesCluster().build();
    }

    /** A directory that was made for this does not stay when nothing came into it. */
    @Override
    public ExitStatus runHere(Arguments arguments)
            throws MisuseException, CommandException, UnusableDirectoryException, IOException {
        boolean key = arguments.rest().size() == 1;
        for (String option : key ? OF_BACKUPS : OF_KEYS) {
            if (arguments.has(option)) {
                throw new MisuseException(option + (key ? " is for backups: kvs restore FILE DATA_DIR"
                        : " is for keys: kvs restore KEY@ID, or PREFIX/ --to TIME"));
            }
        }
        if (key) {
            return new KeyRestore(invocation).run(arguments);
        }
        List<String> two = arguments.rest();
        RestoreCommandOptions options = RestoreCommandOptions.of(arguments);
        FileArgument from = FileArgument.existing(two.get(0));
        Path target = Path.of(two.get(1)).toAbsolutePath().normalize();
        boolean fresh = !PathCheck.exists(target);
        if (!fresh) {
            refuseDirectories(target);
        }
        FileDisk disk = FileDisk.make(target);
        try (Progress progress = new Progress(invocation, "bytes", arguments.has(GlobalOptions.QUIET))) {
            restore(from, new NodeEnvironments(invocation).storage(disk), options, progress);
            return ExitStatus.DONE;
        } catch (IOException | UnusableDirectoryException e) {
            if (fresh && disk.list().isEmpty()) {
                PathCheck.removeEmpty(target);
            }
            throw e;
        }
    }

    private static void refuseDirectories(Path target) throws MisuseException, IOException {
        Optional<Path> other = PathCheck.directoryIn(NodeEnvironments.existing(target));
        if (other.isPresent()) {
            throw new IOException(target + " is not empty: it contains " + other.get().getFileName());
        }
    }

    private void restore(FileArgument from, StorageEnvironment target, RestoreCommandOptions options,
            Progress progress) throws IOException, UnusableDirectoryException {
        Restore.Result result = Restore.run(from.disk(), from.name(), target, new Restore.RestoreOptions(
                options.untilMs, old -> CoverageNotes.carried(old, options.untilMs == Version.FOREVER),
                view -> options.keepTokens ? List.of() : RestoredTokenRevocation.voids(view,
                        target.clock().wallMs()), from.reading(progress)));
        progress.clear();
        invocation.out().println("restored " + target.disk().where() + ": " + result.keys() + " keys in "
                + result.versions() + " versions, root " + HexFormat.of().formatHex(result.root()));
        if (result.voided() > 0) {
            invocation.out().println("revoked " + result.voided() / RestoredTokenRevocation.VOIDS_EACH
                    + " tokens; create new ones by: java -jar kvs.jar token");
        }
        if (result.unreached() > 0) {
            invocation.err().println("kvs: the history of " + result.unreached() + " keys does not reach"
                    + " back so"
                    + " far. They may have existed at that time, and are left"
                    + " out:\n" + result.some().stream().map(key -> "  "
                            + key.text().replaceAll("\\p{Cntrl}", "?")).collect(Collectors.joining("\n"))
                    + (result.unreached() > result.some().size() ? "\n  …" : ""));
        }
    }
}
