package kvs.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import kvs.cluster.RememberedPeers;
import kvs.log.StorageEnvironment;
import kvs.log.UnusableDirectoryException;
import kvs.store.Restamp;
import kvs.world.FileDisk;

/**
 * The command {@code restamp}: gives versions that a wrong clock stamped ahead, in a stopped node's
 * directory, the present time.
 */
final class RestampCommand implements Command {

    private static final int SHOWN_EACH = 1_000;

    private final CommandContext context;
    private final ProgressLine progress;
    private long versions;

    RestampCommand(CommandContext context) {
        this.context = context;
        this.progress = new ProgressLine(context);
    }

    @Override
    public int run(List<String> args)
            throws Arguments.MisuseException, UnusableDirectoryException, IOException {
        Arguments arguments = Arguments.parse(args, Set.of(), Set.of("--dry-run"));
        return run(CommandContext.storage(FileDisk.open(CommandContext.directory(arguments, 1))),
                arguments.has("--dry-run")) ? DONE : FAILED;
    }

    /** Restamps the versions, or only counts them. True when nothing else remains to be done. */
    private boolean run(StorageEnvironment data, boolean dry) throws IOException, UnusableDirectoryException {
        PrintStream out = context.out();
        out.println("The clock of this machine shows " + Instant.ofEpochMilli(data.clock().wallMs())
                + ": if it is wrong, set it and run this again.");
        Restamp.Result result = Restamp.run(data, RememberedPeers::new, dry, (old, anew) -> count());
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

    private void count() {
        if (++versions % SHOWN_EACH == 0) {
            progress.show(versions, "");
        }
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
