package kvs.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import kvs.cluster.RememberedPeers;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.GlobalOptions;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.Progress;
import kvs.command.ValueType;
import kvs.log.StorageEnvironment;
import kvs.log.UnusableDirectoryException;
import kvs.store.Restamp;
import kvs.world.Clock;
import kvs.world.FileDisk;

/**
 * The command {@code restamp}: gives versions that a wrong clock stamped ahead, in a stopped node's
 * directory, the present time.
 */
final class RestampCommand implements LocalCommand {

    private final Invocation invocation;

    RestampCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("restamp", "give versions from the future the present time, after a wrong"
                + " clock")
                .form(ArgumentSpec.of("DATA_DIR", ValueType.DIRECTORY, "the data directory of a stopped"
                        + " node"))
                .flag("--dry-run", "only count")
                .note("Versions that another node may have stay as they are.")
                .example("kvs restamp data --dry-run", "how many versions are from the future")
                .status(ExitStatus.FAILED, "failed, or some versions need another remedy")
                .build();
    }

    @Override
    public ExitStatus runHere(Arguments arguments)
            throws MisuseException, UnusableDirectoryException, IOException {
        StorageEnvironment data = new NodeEnvironments(invocation).storage(
                FileDisk.open(NodeEnvironments.directory(arguments, 0)));
        try (Progress progress = new Progress(invocation, "versions", arguments.has(GlobalOptions.QUIET))) {
            return run(data, arguments.has("--dry-run"), progress) ? ExitStatus.DONE : ExitStatus.FAILED;
        }
    }

    /** Restamps the versions, or only counts them. True when nothing else remains to be done. */
    private boolean run(StorageEnvironment data, boolean dry, Progress progress)
            throws IOException, UnusableDirectoryException {
        PrintStream out = invocation.out();
        out.println("The clock of this machine shows " + Clock.utc(data.clock().wallMs())
                + ": if it is wrong, set it and run this again.");
        AtomicLong versions = new AtomicLong();
        Restamp.Result result = Restamp.run(data, RememberedPeers::new, dry,
                (old, anew) -> progress.show(versions.incrementAndGet(), 0));
        progress.clear();
        if (result.keys().isEmpty()) {
            out.println("No version in " + data.disk().where() + " is stamped ahead of it.");
        }
        words(dry).forEach((verdict, words) -> {
            if (result.of(verdict) > 0) {
                out.println(String.format("%,10d keys ", result.of(verdict)).replace(',', ' ') + words);
            }
        });
        return result.complete();
    }

    private static Map<Restamp.Verdict, String> words(boolean dry) {
        return new EnumMap<>(Map.of(
                Restamp.Verdict.STAMPED, dry ? "would get a new time"
                        : "got a new time; the versions that they replaced stay in the history",
                Restamp.Verdict.NEAR, "unchanged: they are about a day ahead or less,"
                        + " and the other nodes accept them",
                Restamp.Verdict.FOREIGN, "unchanged: another node wrote them, or this one in an earlier life"
                        + " of its directory. Stop the node that wrote them, and run this there",
                Restamp.Verdict.TAKEN, "unchanged: another node has them, or may have them: its clock was"
                        + " wrong as well. After a new write here, the old versions would return and win",
                Restamp.Verdict.BOUND, "unchanged: they replaced versions that must stay",
                Restamp.Verdict.UNREADABLE, "unchanged: they are unreadable. Repair them first, from another"
                        + " node"));
    }
}
