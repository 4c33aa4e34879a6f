package kvs.cli.operation;

import java.util.List;
import java.util.Optional;
import kvs.command.Row;

/**
 * The sentences and records about partners, the same of a running node and of a stopped one. Pure functions.
 */
public final class PartnerLines {

    private PartnerLines() { }

    /** The directions of a link. */
    public record LinkDirections(boolean sends, boolean receives, long overlap) { }

    /** The sentence about a partner that was added, and about the link file for it. */
    public static String added(String name, String self, Optional<String> file) {
        return "partner " + name + " is added; this is site " + self + file.map(link -> ". Carry " + link
                + " to the partner, and delete it after its 'kvs partner add'").orElse("");
    }

    /** The sentence about a partner that was removed. */
    public static String removed(String name) {
        return "partner " + name + " is removed";
    }

    /** The sentence about a partner that was reset. */
    public static String reset(String name) {
        return "partner " + name + " is taken for a stranger: its next bundle is merged, and the next one for"
                + " it is full";
    }

    /** The record of a partner in a list; its site is empty while that is not known. */
    public static Row row(String name, List<String> zones, LinkDirections link, long number, String site) {
        String direction = link.sends ? link.receives ? "both ways" : "only out" : "only in";
        return new Row().text("name", name).text("zones", String.join(" ", zones))
                .text("direction", direction, link.overlap == 1 ? direction
                        : direction + ", overlap " + link.overlap)
                .number("last_bundle", number, number == 0 ? "no bundle" : "bundle " + number)
                .text("site", site, site.isEmpty() ? "site not known yet" : "site " + site);
    }
}
