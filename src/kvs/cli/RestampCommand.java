package kvs.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import kvs.cluster.KnownPeers;
import kvs.log.StorageEnvironment;
import kvs.log.UnusableDirectoryException;
import kvs.store.Restamp;

/**
 * The command {@code restamp}: gives versions that a wrong clock stamped ahead, in a stopped node's
 * directory, the present time.
 */
public final class RestampCommand {

    private static final int SHOWN_EACH = 1_000;

    private final PrintStream out;
    private final PrintStream err;
    private final boolean terminal;
    private long versions;

    /** A command that shows progress on {@code err} when that is a terminal. */
    public RestampCommand(PrintStream out, PrintStream err, boolean terminal) {
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    /** Restamps the versions, or only counts them. True when nothing else remains to be done. */
    public boolean run(StorageEnvironment data, boolean dry) throws IOException, UnusableDirectoryException {
        out.println("By the clock of this machine it is " + Instant.ofEpochMilli(data.clock().wallMs())
                + ": if that is wrong, set it and begin anew.");
        Restamp.Result result = Restamp.run(data, KnownPeers::new, dry, (old, anew) -> count());
        if (terminal) {
            err.print("\r               \r");
        }
        if (result.keys().isEmpty()) {
            out.println("Nothing in " + data.disk().where() + " is stamped ahead of it.");
        }
        words(dry).forEach((verdict, words) -> {
            if (result.of(verdict) > 0) {
                out.println(String.format("%,10d keys ", result.of(verdict)).replace(',', ' ') + words);
            }
        });
        return result.complete();
    }

    private void count() {
        if (++versions % SHOWN_EACH == 0 && terminal) {
            err.print("\r" + versions);
            err.flush();
        }
    }

    private static Map<Restamp.Verdict, String> words(boolean dry) {
        return new EnumMap<>(Map.of(
                Restamp.Verdict.STAMPED, dry ? "would be stamped anew" : "were stamped anew; what they replaced stays in their history",
                Restamp.Verdict.NEAR, "stay: they are about a day ahead or less, so the other nodes take them as they are",
                Restamp.Verdict.FOREIGN, "stay: another node wrote them, or this one in an earlier life of its directory. Stop the node that wrote"
                        + " them, and run this there",
                Restamp.Verdict.TAKEN, "stay: another node has them, or may have: its clock was wrong as well. Written again here, the old ones"
                        + " would come back and win",
                Restamp.Verdict.BOUND, "stay: they replaced versions that must stay",
                Restamp.Verdict.UNREADABLE, "stay: they are unreadable. Let another node mend them first"));
    }
}
