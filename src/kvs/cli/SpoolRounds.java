package kvs.cli;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import kvs.bundle.BundleFile;
import kvs.bundle.BundleHead;
import kvs.bundle.IncomingSpool;
import kvs.bundle.OutgoingSpool;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.Style;
import kvs.config.ConfigException;
import kvs.log.UnusableDirectoryException;
import kvs.model.Refusal;
import kvs.world.Clock;
import kvs.world.FailureText;
import kvs.world.FileDisk;
import kvs.world.RealFileTree;

/**
 * The rounds in which a node fills a directory with bundles, or takes the files in one. The data directory
 * of a stopped node is open during a round only, so another program may use it between. The first failure
 * ends the command when it is that of the first round; later ones are printed, and the next round tries
 * again.
 *
 * <p>The life of the data directory goes on over the rounds, instead of a new one in each: a lock file in it
 * makes sure that this is so in one process only.
 */
final class SpoolRounds {

    private static final String LOCK = ".site-files.lock";
    private static final long STOP_SECONDS = 30;

    private final Invocation invocation;
    private final Arguments arguments;
    private final int place;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private Optional<SiteDirectory.LifeMark> mark = Optional.empty();
    private Optional<Closeable> lock = Optional.empty();
    private String lastFailure = "";

    /** The work of a round. */
    @FunctionalInterface
    private interface Round {

        void run() throws MisuseException, CommandException, ConfigException, UnusableDirectoryException,
                IOException;
    }

    /** The work with an open site. */
    @FunctionalInterface
    private interface SiteWork {

        void run(SiteFiles files) throws MisuseException, CommandException, IOException;
    }

    /** Rounds with the data directory that the argument at that place names; without it at a running node. */
    SpoolRounds(Invocation invocation, Arguments arguments, int place) {
        this.invocation = invocation;
        this.arguments = arguments;
        this.place = place;
    }

    /** Fills a directory with bundles for a partner; without a period with one. */
    void fill(String directory, String name, int keep, Optional<Long> everyMs) throws MisuseException,
            CommandException, ConfigException, UnusableDirectoryException, IOException {
        RealFileTree tree = RealFileTree.open(directory);
        OutgoingSpool spool = new OutgoingSpool(tree, name, keep, say());
        rounds(everyMs, () -> withSite(files -> {
            SiteFiles.PartnerFacts partner = files.partner(name);
            spool.add(Clock.REAL.wallMs(), partner.self(), partner.answers(), file -> {
                try {
                    return line(files.make(SiteFiles.FileRequest.next(BundleHead.Kind.BUNDLE, name),
                            FileArgument.of(directory + "/" + file)));
                } catch (MisuseException | CommandException e) {
                    throw new IOException(FailureText.text(e), e);
                }
            });
        }));
    }

    private static String line(BundleFile file) {
        return "bundle " + file.head().number() + ", " + file.trailer().entries() + " versions, "
                + file.trailer().fileBytes() + " bytes";
    }

    /** Takes the files that come into a directory. */
    void watch(String directory, int keep, long everyMs) throws MisuseException, CommandException,
            ConfigException, UnusableDirectoryException, IOException {
        IncomingSpool spool = new IncomingSpool(RealFileTree.open(directory), keep, say());
        rounds(Optional.of(everyMs), () -> {
            List<String> arrived = spool.arrived();
            if (!arrived.isEmpty() || mark.isEmpty()) {
                withSite(files -> spool.take(arrived, new NamedFiles(files,
                        file -> FileArgument.existing(directory + "/" + file))));
            }
        });
    }

    private Consumer<String> say() {
        return line -> {
            invocation.out().println(Style.safe(line).replace("\n", "\\u000a"));
            invocation.out().flush();
        };
    }

    private void withSite(SiteWork work) throws MisuseException, CommandException, ConfigException,
            UnusableDirectoryException, IOException {
        if (arguments.maybe(place).isEmpty()) {
            try (SiteFiles files = new RunningSiteFiles(invocation, arguments)) {
                work.run(files);
            }
            return;
        }
        SiteDirectory site = SiteDirectory.open(invocation, arguments, place);
        try (SiteFiles files = new StoppedSiteFiles(invocation, site, true)) {
            if (lock.isEmpty()) {
                lock = FileDisk.open(Path.of(arguments.at(place))).lock(LOCK);
            }
            site.continuing(lock.isPresent() ? mark : Optional.empty());
            work.run(files);
            mark = Optional.of(site.mark());
        }
    }

    private void rounds(Optional<Long> everyMs, Round round) throws MisuseException, CommandException,
            ConfigException, UnusableDirectoryException, IOException {
        invocation.atExit().accept(this::stop);
        try {
            round.run();
            while (everyMs.isPresent() && !stop.await(everyMs.get(), TimeUnit.MILLISECONDS)) {
                again(round);
            }
        } catch (InterruptedException e) {
            throw new AssertionError("nothing interrupts this thread", e);
        } finally {
            ended.countDown();
            if (lock.isPresent()) {
                lock.get().close();
            }
        }
    }

    private void again(Round round) {
        String failure = "";
        try {
            round.run();
        } catch (MisuseException | CommandException | UnusableDirectoryException | IOException e) {
            failure = FailureText.text(e);
        } catch (Refusal e) {
            failure = e.detail();
        } catch (ConfigException e) {
            failure = String.join("; ", e.errors());
        }
        if (!failure.isEmpty() && !failure.equals(lastFailure)) {
            invocation.err().println("kvs: " + Style.safe(failure) + "; the next round tries again");
        }
        lastFailure = failure;
    }

    /** Lets the present round end, and no other one begin. */
    private void stop() {
        stop.countDown();
        try {
            if (!ended.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                invocation.err().println("kvs: the round goes on: what it has done stays");
            }
        } catch (InterruptedException e) {
            throw new AssertionError("nothing interrupts this thread", e);
        }
    }
}
