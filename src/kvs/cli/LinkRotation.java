package kvs.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import kvs.bundle.Partner;
import kvs.bundle.SiteRecords;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.world.Dice;
import kvs.world.FailureText;
import kvs.world.PathCheck;

/**
 * The part of the command {@code partner} that gives a link a new secret: one site makes it, the other one
 * takes it from the link file, and both forget the old ones at last. Until then files that were made with
 * either secret are taken.
 */
final class LinkRotation {

    private final Invocation invocation;
    private final Optional<String> write;
    private final Optional<String> read;

    /** The rotation that these arguments describe. */
    LinkRotation(Invocation invocation, Arguments arguments) throws MisuseException {
        this.invocation = invocation;
        this.write = arguments.option(PartnerCommand.WRITE_LINK);
        this.read = arguments.option(PartnerCommand.LINK);
        long wishes = Stream.of(write.isPresent(), read.isPresent(), arguments.has(PartnerCommand.FORGET))
                .filter(wished -> wished).count();
        if (wishes != 1) {
            throw new MisuseException("name " + PartnerCommand.WRITE_LINK + " to make a new secret, or "
                    + PartnerCommand.LINK + " to take the one that the partner made, or "
                    + PartnerCommand.FORGET + " once both sites have it");
        }
        if (write.filter(file -> PathCheck.exists(Path.of(file))).isPresent()) {
            throw new MisuseException(write.get() + " exists: name a new file");
        }
    }

    /** Changes the link of a partner of the site. */
    void run(SiteDirectory site, Partner partner) throws MisuseException, CommandException, IOException {
        if (write.isPresent()) {
            byte[] secret = LinkFile.secret(Dice.real());
            rekey(site, partner, known -> known.rotated(secret));
            try {
                new LinkFile(invocation, write.get()).write(partner.rotated(secret), site.site());
            } catch (IOException e) {
                rekey(site, partner, known -> partner);
                throw e;
            }
            invocation.out().println("the link to " + partner.name() + " has a new secret: what is made for"
                    + " it now can be read only with " + write.get() + ". Carry it there, and delete it after"
                    + " its 'kvs partner rotate'");
        } else if (read.isPresent()) {
            Partner made = new LinkFile(invocation, read.get()).read(partner.name());
            try {
                partner.rotated(made);
            } catch (IllegalArgumentException e) {
                throw new MisuseException(FailureText.text(e));
            }
            rekey(site, partner, known -> known.rotated(made));
            invocation.out().println("the link to " + partner.name() + " has the secret of " + read.get()
                    + ": delete that file, and run 'kvs partner rotate' with " + PartnerCommand.FORGET
                    + " at both sites when no file of the old secret is on its way");
        } else {
            rekey(site, partner, Partner::withoutOldSecrets);
            invocation.out().println("the link to " + partner.name() + " has one secret: files that were made"
                    + " with an older one are refused");
        }
    }

    private static void rekey(SiteDirectory site, Partner partner, UnaryOperator<Partner> change)
            throws CommandException {
        site.write(tx -> SiteRecords.rekey(tx, partner.name(), change),
                "PUT /admin/partners/" + partner.name());
    }
}
