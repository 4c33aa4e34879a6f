package kvs.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import kvs.bundle.Partner;
import kvs.bundle.SiteRecords;
import kvs.cli.operation.NodePartners;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.model.Refusal;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.PathCheck;

/**
 * The part of the command {@code partner} that gives a link a new secret: one site makes it, the other one
 * takes it from the link file, and both forget the old ones at last. Until then files that were made with
 * either secret are taken. A new secret is in its file before the site has it, so that no failure leaves a
 * site with a secret that nobody can carry.
 */
final class LinkRotation {

    private final Invocation invocation;
    private final String name;
    private final Optional<String> write;
    private final Optional<String> read;

    /** The link at a site, which a node runs, or which is a directory. */
    private interface SiteLink {

        /** The link with another secret, as the text of a link file; nothing is changed. */
        String renewed(byte[] secret) throws CommandException;

        /** Gives it the secret of a link file. */
        void take(Partner made, String text) throws MisuseException, CommandException;

        /** Makes all secrets but the newest invalid. */
        void forget() throws CommandException;
    }

    /** The rotation that these arguments describe. */
    LinkRotation(Invocation invocation, Arguments arguments) throws MisuseException {
        this.invocation = invocation;
        this.name = arguments.at(1);
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

    /** Changes the link in the directory of a stopped node. */
    void run(SiteDirectory site) throws MisuseException, CommandException, IOException {
        Partner partner = site.partner(name);
        run(new SiteLink() {
            @Override
            public String renewed(byte[] secret) {
                return partner.rotated(secret).linkText(site.self(partner));
            }

            @Override
            public void take(Partner made, String text) throws MisuseException, CommandException {
                checkLink(partner, made);
                rekey(known -> known.rotated(made));
            }

            @Override
            public void forget() throws CommandException {
                rekey(Partner::withoutOldSecrets);
            }

            private void rekey(UnaryOperator<Partner> change) throws CommandException {
                site.write(tx -> SiteRecords.rekey(tx, name, change),
                        "POST /admin/partners/" + name + "/rotate");
            }
        });
    }

    /** Changes the link at a running node. */
    void run(NodePartners node) throws MisuseException, CommandException, IOException {
        run(new SiteLink() {
            @Override
            public String renewed(byte[] secret) throws CommandException {
                NodePartners.SiteLink link = node.link(name, secret);
                return link.partner().linkText(link.self());
            }

            @Override
            public void take(Partner made, String text) throws MisuseException, CommandException {
                checkLink(node.link(name, made.secrets().get(0)).partner(), made);
                node.rotate(name, text);
            }

            @Override
            public void forget() throws CommandException {
                node.forget(name);
            }
        });
    }

    private static void checkLink(Partner known, Partner made) throws MisuseException {
        try {
            known.rotated(made);
        } catch (Refusal e) {
            throw new MisuseException(e.detail());
        }
    }

    private void run(SiteLink link) throws MisuseException, CommandException, IOException {
        if (write.isPresent()) {
            String text = link.renewed(Partner.secret(Dice.real()));
            new LinkFile(invocation, write.get()).write(text);
            try {
                link.take(Partner.ofLink(name, text, Clock.REAL.wallMs()), text);
            } catch (CommandException e) {
                invocation.err().println("kvs: the new secret is in " + write.get() + ", and this site may"
                        + " not have it: 'kvs partner rotate " + name + " --link " + write.get()
                        + "' here ends what was begun");
                throw e;
            }
            invocation.out().println("the link to " + name + " has a new secret: what is made for"
                    + " it now can be read only with " + write.get() + ". Carry it there, and delete it after"
                    + " its 'kvs partner rotate'");
        } else if (read.isPresent()) {
            LinkFile file = new LinkFile(invocation, read.get());
            String text = file.text();
            link.take(LinkFile.partner(name, text), text);
            invocation.out().println("the link to " + name + " has the secret of " + read.get()
                    + ": delete that file, and run 'kvs partner rotate' with " + PartnerCommand.FORGET
                    + " at both sites when no file of the old secret is on its way");
        } else {
            link.forget();
            invocation.out().println("the link to " + name + " has one secret: files that were made"
                    + " with an older one are refused");
        }
    }
}
