package kvs.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.bundle.Partner;
import kvs.bundle.SiteRecords;
import kvs.cli.operation.NodePartners;
import kvs.cli.operation.PartnerLines;
import kvs.client.NodeSelection;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.GlobalOptions;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OptionSpec;
import kvs.command.OutputFormat;
import kvs.command.ResultWriter;
import kvs.command.ValueType;
import kvs.config.ConfigException;
import kvs.log.UnusableDirectoryException;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.model.Zone;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.FailureText;
import kvs.world.PathCheck;

/** The command {@code partner}: the other sites with which this one exchanges files. */
final class PartnerCommand implements LocalCommand {

    /** The option for a zone. */
    static final String ZONE = "--zone";
    private static final String SEND = "--send";
    private static final String RECEIVE = "--receive";
    /** The option for a link file that is made. */
    static final String WRITE_LINK = "--write-link";
    /** The option for a link file that is used. */
    static final String LINK = "--link";
    /** The flag that makes old secrets invalid. */
    static final String FORGET = "--forget-old";
    private static final String OVERLAP = "--overlap";

    private final Invocation invocation;

    PartnerCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("partner", "add, list and remove the sites with which files are exchanged")
                .form(ArgumentSpec.choice("add|rm|reset|rotate", List.of("add", "rm", "reset", "rotate"),
                        "add it, remove it, forget what it had, after it was put back, or give its link a new"
                        + " secret"),
                        ArgumentSpec.of("NAME", ValueType.TEXT, "the partner's name at this site"),
                        ArgumentSpec.of("DATA_DIR", ValueType.DIRECTORY, "the data of a stopped node;"
                                + " without it a running one does it").optional(),
                        ArgumentSpec.of("CONFIG", ValueType.FILE, "its settings").optional())
                .form(ArgumentSpec.choice("ls", List.of("ls"), "list them"),
                        ArgumentSpec.of("DATA_DIR", ValueType.DIRECTORY, "the data of a stopped node")
                                .optional(),
                        ArgumentSpec.of("CONFIG", ValueType.FILE, "its settings").optional())
                .option(OptionSpec.of(ZONE, ValueType.TEXT, "a set of paths that travels as one; "
                        + Zone.ACCOUNTS + " for users, groups and tokens; / for all documents")
                        .shown("PATH,...").repeated())
                .flag(SEND, "the zones only go out to the partner")
                .flag(RECEIVE, "the zones only come in from the partner")
                .value(OVERLAP, ValueType.NUMBER, "where nothing comes back: each bundle carries what the"
                        + " last ones carried, so that all of this many but one may be lost")
                .flag(FORGET, "with rotate: files that were made with an older secret are refused from now"
                        + " on")
                .value(WRITE_LINK, ValueType.FILE, "the new file with the secret of the link, for the"
                        + " partner")
                .value(LINK, ValueType.FILE, "the file that the partner made; - is the standard input")
                .option(NodeSelection.NODE).usesCluster()
                .note("One site writes the link, and the other one reads it. Carry the file by hand, then"
                        + " delete it: who has it can read and forge what the two sites exchange.")
                .note("A zone is a path with all that is below it, and its metadata. Zones of a site are"
                        + " equal, or have no key in common.")
                .example("kvs partner add b --zone docs --write-link b.link", "at a running node of site a")
                .example("kvs partner add a --link b.link", "at site b")
                .example("kvs partner add a data --link b.link", "the same at a stopped node")
                .example("kvs partner add c data --zone docs --send --overlap 3 --write-link c.link",
                        "a link without a way back: of three bundles two may be lost")
                .example("kvs partner rotate b --write-link b2.link", "a new secret; the partner takes it"
                        + " with 'kvs partner rotate a --link b2.link'")
                .example("kvs partner ls", "all partners")
                .status(ExitStatus.ABSENT, "there is no such partner").build();
    }

    @Override
    public ExitStatus runHere(Arguments arguments) throws MisuseException, CommandException, ConfigException,
            UnusableDirectoryException, IOException {
        if (arguments.maybe(arguments.at(0).equals("ls") ? 1 : 2).isEmpty()) {
            return running(arguments);
        }
        if (arguments.at(0).equals("ls")) {
            try (SiteDirectory site = SiteDirectory.open(invocation, arguments, 1)) {
                list(site, OutputFormat.of(arguments));
            }
            return ExitStatus.DONE;
        }
        String name = arguments.at(1);
        Optional<LinkRotation> rotation = arguments.at(0).equals("rotate")
                ? Optional.of(new LinkRotation(invocation, arguments)) : Optional.empty();
        Optional<String> link = arguments.at(0).equals("add") && arguments.option(LINK).isPresent()
                ? Optional.of(new LinkFile(invocation, arguments.option(LINK).get()).text())
                : Optional.empty();
        Optional<Partner> wanted = arguments.at(0).equals("add") ? Optional.of(wanted(name, arguments, link))
                : Optional.empty();
        try (SiteDirectory site = SiteDirectory.open(invocation, arguments, 2)) {
            if (wanted.isPresent()) {
                add(site, wanted.get(), arguments.option(WRITE_LINK));
            } else if (arguments.at(0).equals("rotate")) {
                rotation.get().run(site);
            } else if (arguments.at(0).equals("rm")) {
                remove(site, name);
                invocation.out().println(PartnerLines.removed(name));
            } else {
                reset(site, name);
            }
        }
        return ExitStatus.DONE;
    }

    /** Does the same at a running node. */
    private ExitStatus running(Arguments arguments) throws MisuseException, CommandException, IOException {
        String act = arguments.at(0);
        if (act.equals("rotate")) {
            LinkRotation rotation = new LinkRotation(invocation, arguments);
            try (NodePartners node = new NodePartners(invocation, arguments)) {
                rotation.run(node);
            }
            return ExitStatus.DONE;
        }
        Optional<String> write = arguments.option(WRITE_LINK);
        if (write.filter(file -> PathCheck.exists(Path.of(file))).isPresent()) {
            throw new IOException(write.get() + " exists: name a new file");
        }
        Optional<String> link = act.equals("add") && arguments.option(LINK).isPresent()
                ? Optional.of(new LinkFile(invocation, arguments.option(LINK).get()).text())
                : Optional.empty();
        Optional<Partner> wanted = act.equals("add") ? Optional.of(wanted(arguments.at(1), arguments, link))
                : Optional.empty();
        try (NodePartners node = new NodePartners(invocation, arguments);
                ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), true)) {
            switch (act) {
                case "add" -> {
                    if (link.isPresent()) {
                        node.use(wanted.get(), link.get());
                    } else {
                        node.add(wanted.get(), write.get());
                    }
                }
                case "rm" -> {
                    node.remove(arguments.at(1));
                    invocation.out().println(PartnerLines.removed(arguments.at(1)));
                }
                case "reset" -> {
                    node.reset(arguments.at(1));
                    invocation.out().println(PartnerLines.reset(arguments.at(1)));
                }
                default -> node.list(results);
            }
        }
        return ExitStatus.DONE;
    }

    /** The partner that the arguments describe; {@code text} is that of its link file, if that was used. */
    private Partner wanted(String name, Arguments arguments, Optional<String> text) throws MisuseException {
        Optional<String> link = arguments.option(LINK);
        boolean described = !arguments.all(ZONE).isEmpty() || arguments.has(SEND) || arguments.has(RECEIVE);
        if (link.isPresent() == arguments.option(WRITE_LINK).isPresent() || link.isPresent() && described) {
            throw new MisuseException("name " + ZONE + " and " + WRITE_LINK + " to make a link, or only "
                    + LINK + " to use the one that the partner made");
        }
        try {
            Partner partner = text.isPresent() ? Partner.ofLink(name, text.get(), Clock.REAL.wallMs())
                    : made(name, arguments);
            return arguments.number(OVERLAP).isEmpty() ? partner
                    : partner.overlapping((int) Math.min(Partner.OVERLAP_MAX + 1L,
                            arguments.number(OVERLAP).getAsLong()));
        } catch (IllegalArgumentException e) {
            throw new MisuseException(FailureText.text(e));
        } catch (Refusal e) {
            throw new MisuseException(ZONE + ": " + e.detail());
        }
    }

    private static Partner made(String name, Arguments arguments) {
        Dice dice = Dice.real();
        boolean both = arguments.has(SEND) == arguments.has(RECEIVE);
        return new Partner(name, new UUID(dice.bits(), dice.bits()), List.of(Partner.secret(dice)),
                Version.NOBODY, zones(arguments), both || arguments.has(SEND), both || arguments.has(RECEIVE),
                Clock.REAL.wallMs());
    }

    /** The zones that the arguments name; a {@link Refusal} when one is none. */
    static List<Zone> zones(Arguments arguments) {
        List<Zone> zones = new ArrayList<>();
        for (String zone : arguments.all(ZONE)) {
            zones.add(Zone.of(List.of(zone.split(",", -1))));
        }
        return zones;
    }

    private void add(SiteDirectory site, Partner partner, Optional<String> file)
            throws CommandException, IOException {
        Dice dice = Dice.real();
        UUID fresh = new UUID(dice.bits(), dice.bits());
        UUID self = site.write(tx -> SiteRecords.add(tx, partner, fresh),
                "PUT /admin/partners/" + partner.name());
        if (file.isPresent()) {
            try {
                new LinkFile(invocation, file.get()).write(partner.linkText(self));
            } catch (IOException e) {
                try {
                    remove(site, partner.name());
                } catch (CommandException kept) {
                    e.addSuppressed(kept);
                }
                throw e;
            }
        }
        invocation.out().println(PartnerLines.added(partner.name(), self.toString(), file));
    }

    private void remove(SiteDirectory site, String name) throws CommandException {
        if (!site.write(tx -> SiteRecords.remove(tx, name),
                "DELETE /admin/partners/" + name)) {
            site.partner(name);
        }
    }

    private void reset(SiteDirectory site, String name) throws CommandException {
        if (!site.write(tx -> SiteRecords.reset(tx, name),
                "POST /admin/partners/" + name + "/reset")) {
            site.partner(name);
        }
        invocation.out().println(PartnerLines.reset(name));
    }

    private void list(SiteDirectory site, OutputFormat format) {
        try (ResultWriter results = new ResultWriter(invocation, format, true)) {
            SiteRecords records = site.records();
            for (Partner partner : records.partners()) {
                results.add(PartnerLines.row(partner.name(),
                        partner.zones().stream().map(Zone::toString).toList(),
                        new PartnerLines.LinkDirections(partner.sends(), partner.receives(),
                                partner.overlap()),
                        SiteRecords.lastNumber(site.store().notes(), partner),
                        partner.site().equals(Version.NOBODY) ? "" : partner.site().toString()));
            }
        }
    }
}
