package kvs.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import kvs.bundle.BundleFile;
import kvs.bundle.BundleHead;
import kvs.bundle.FileResult;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.GlobalOptions;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.config.ConfigException;
import kvs.log.UnusableDirectoryException;
import kvs.model.Zone;

/** The door through which commands make files for partners, and take those of partners. One thread. */
interface SiteFiles extends AutoCloseable {

    /**
     * The request for a file.
     *
     * @param kind a bundle or a receipt
     * @param partner the name of the partner
     * @param zones the zones that it carries; none for all of the link
     * @param full whether nothing is left out
     * @param since number of the earlier bundle after which it begins
     * @param receipt a receipt of the partner, which is taken first
     */
    record FileRequest(BundleHead.Kind kind, String partner, List<Zone> zones, boolean full,
            OptionalLong since, Optional<String> receipt) {

        /** The request for what the partner lacks. */
        static FileRequest next(BundleHead.Kind kind, String partner) {
            return new FileRequest(kind, partner, List.of(), false, OptionalLong.empty(),
                    Optional.empty());
        }
    }

    /**
     * The facts that name the bundles in a directory.
     *
     * @param self id of this site
     * @param answers whether files come back from the partner
     */
    record PartnerFacts(UUID self, boolean answers) { }

    /** The facts about a partner. */
    PartnerFacts partner(String name) throws CommandException;

    /** Makes a file, which is durable and was read back; what is in it. */
    BundleFile make(FileRequest request, FileArgument to) throws MisuseException, CommandException,
            IOException;

    /**
     * Takes a file, if it can be; all of it is durable then.
     *
     * @throws IOException when the file or the site cannot be read; its cause is a {@link CommandException}
     *     when that is the failure
     */
    FileResult take(FileArgument from) throws IOException;

    /**
     * Checks a file, and changes nothing.
     *
     * @throws IOException when the file or the site cannot be read
     */
    FileResult verify(FileArgument from) throws CommandException, IOException;

    /** The files of the stopped node that the argument at that place names; without it of a running one. */
    static SiteFiles open(Invocation invocation, Arguments arguments, int place) throws MisuseException,
            CommandException, ConfigException, UnusableDirectoryException, IOException {
        return arguments.maybe(place).isEmpty() ? new RunningSiteFiles(invocation, arguments)
                : new StoppedSiteFiles(invocation, SiteDirectory.open(invocation, arguments, place),
                        arguments.has(GlobalOptions.QUIET));
    }

    @Override
    void close() throws IOException;
}
