package kvs.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.bundle.Partner;
import kvs.bundle.SiteRecords;
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
import kvs.command.Row;
import kvs.command.ValueType;
import kvs.config.ConfigException;
import kvs.log.UnusableDirectoryException;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.model.Zone;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.FailureText;

/** The command {@code partner}: the other sites with which this one exchanges files. */
final class PartnerCommand implements LocalCommand {

    private static final String ZONE = "--zone";
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
                        ArgumentSpec.of("DATA_DIR", ValueType.DIRECTORY, "the data of a stopped node"),
                        ArgumentSpec.of("CONFIG", ValueType.FILE, "its settings").optional())
                .form(ArgumentSpec.choice("ls", List.of("ls"), "list them"),
                        ArgumentSpec.of("DATA_DIR", ValueType.DIRECTORY, "the data of a stopped node"),
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
                .option(OptionSpec.choice(GlobalOptions.OUTPUT, List.of("table", "json", "ndjson", "raw"),
                        "the form of results").letter('o'))
                .note("One site writes the link, and the other one reads it. Carry the file by hand, then"
                        + " delete it: who has it can read and forge what the two sites exchange.")
                .note("A zone is a path with all that is below it, and its metadata. Zones of a site are"
                        + " equal, or have no key in common.")
                .example("kvs partner add b data --zone docs --write-link b.link", "at site a")
                .example("kvs partner add a data --link b.link", "at site b")
                .example("kvs partner add c data --zone docs --send --overlap 3 --write-link c.link",
                        "a link without a way back: of three bundles two may be lost")
                .example("kvs partner rotate b data --write-link b.link", "a new secret; its partner takes it"
                        + " with 'kvs partner rotate a data --link b.link'")
                .example("kvs partner ls data", "all partners")
                .status(ExitStatus.ABSENT, "there is no such partner").build();
    }

    @Override
    public ExitStatus runHere(Arguments arguments) throws MisuseException, CommandException, ConfigException,
            UnusableDirectoryException, IOException {
        if (arguments.at(0).equals("ls")) {
            try (SiteDirectory site = SiteDirectory.open(invocation, arguments, 1)) {
                list(site, OutputFormat.of(arguments));
            }
            return ExitStatus.DONE;
        }
        String name = arguments.at(1);
        Optional<LinkRotation> rotation = arguments.at(0).equals("rotate")
                ? Optional.of(new LinkRotation(invocation, arguments)) : Optional.empty();
        Optional<Partner> wanted = arguments.at(0).equals("add") ? Optional.of(wanted(name, arguments))
                : Optional.empty();
        try (SiteDirectory site = SiteDirectory.open(invocation, arguments, 2)) {
            if (wanted.isPresent()) {
                add(site, wanted.get(), arguments.option(WRITE_LINK));
            } else if (arguments.at(0).equals("rotate")) {
                rotation.get().run(site, site.partner(name));
            } else if (arguments.at(0).equals("rm")) {
                remove(site, name);
                invocation.out().println("partner " + name + " is removed");
            } else {
                reset(site, name);
            }
        }
        return ExitStatus.DONE;
    }

    private Partner wanted(String name, Arguments arguments) throws MisuseException, IOException {
        Optional<String> link = arguments.option(LINK);
        boolean described = !arguments.all(ZONE).isEmpty() || arguments.has(SEND) || arguments.has(RECEIVE);
        if (link.isPresent() == arguments.option(WRITE_LINK).isPresent() || link.isPresent() && described) {
            throw new MisuseException("name " + ZONE + " and " + WRITE_LINK + " to make a link, or only "
                    + LINK + " to use the one that the partner made");
        }
        try {
            Partner partner = link.isPresent() ? new LinkFile(invocation, link.get()).read(name)
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
        List<Zone> zones = new ArrayList<>();
        for (String zone : arguments.all(ZONE)) {
            zones.add(Zone.of(List.of(zone.split(",", -1))));
        }
        Dice dice = Dice.real();
        boolean both = arguments.has(SEND) == arguments.has(RECEIVE);
        return new Partner(name, new UUID(dice.bits(), dice.bits()), List.of(LinkFile.secret(dice)),
                Version.NOBODY, zones, both || arguments.has(SEND), both || arguments.has(RECEIVE),
                Clock.REAL.wallMs());
    }

    private void add(SiteDirectory site, Partner partner, Optional<String> file)
            throws CommandException, IOException {
        Dice dice = Dice.real();
        UUID fresh = new UUID(dice.bits(), dice.bits());
        UUID self = site.write(tx -> SiteRecords.add(tx, partner, fresh),
                "PUT /admin/partners/" + partner.name());
        if (file.isPresent()) {
            try {
                new LinkFile(invocation, file.get()).write(partner, self);
            } catch (IOException e) {
                try {
                    remove(site, partner.name());
                } catch (CommandException kept) {
                    e.addSuppressed(kept);
                }
                throw e;
            }
        }
        invocation.out().println("partner " + partner.name() + " is added; this is site " + self
                + file.map(link -> ". Carry " + link + " to the partner, and delete it after its 'kvs partner"
                + " add'").orElse(""));
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
        invocation.out().println("partner " + name + " is taken for a stranger: its next bundle is merged,"
                + " and the next one for it is full");
    }

    private void list(SiteDirectory site, OutputFormat format) {
        try (ResultWriter results = new ResultWriter(invocation, format, true)) {
            SiteRecords records = site.records();
            for (Partner partner : records.partners()) {
                String direction = partner.sends() ? partner.receives() ? "both ways" : "only out"
                        : "only in";
                String zones = String.join(" ", partner.zones().stream().map(Zone::toString).toList());
                long number = SiteRecords.lastNumber(site.store().notes(), partner);
                boolean met = !partner.site().equals(Version.NOBODY);
                results.add(new Row().text("name", partner.name()).text("zones", zones)
                        .text("direction", direction, partner.overlap() == 1 ? direction
                                : direction + ", overlap " + partner.overlap())
                        .number("last_bundle", number, number == 0 ? "no bundle" : "bundle " + number)
                        .text("site", met ? partner.site().toString() : "", met ? "site " + partner.site()
                                : "site not known yet"));
            }
        }
    }
}
