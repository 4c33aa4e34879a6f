package kvs.cli;

import java.util.HexFormat;
import kvs.bundle.BundleFile;
import kvs.bundle.BundleHead;
import kvs.bundle.BundleTrailer;
import kvs.command.DigestWords;
import kvs.command.Invocation;
import kvs.command.ResultWriter;
import kvs.command.Row;
import kvs.model.Version;
import kvs.world.Clock;

/**
 * The records that commands print of a bundle or a receipt: a line about the file, and one for each of its
 * zones. Pure functions.
 */
final class ZoneRows {

    private ZoneRows() { }

    /** Prints the line about the file, if people read the output. */
    static void title(Invocation invocation, ResultWriter results, BundleFile file) {
        BundleHead head = file.head();
        if (results.isTable()) {
            invocation.out().println((head.kind() == BundleHead.Kind.BUNDLE ? "bundle " + head.number()
                    : "receipt") + " of site " + head.from() + " for "
                    + (head.to().equals(Version.NOBODY) ? "its partner" : "site " + head.to()) + ", made "
                    + Clock.utc(head.madeMs()) + ", " + file.trailer().entries() + " versions, "
                    + file.trailer().fileBytes() + " bytes");
        }
    }

    /** The record of a zone. */
    static Row row(BundleFile file, int place) {
        BundleHead head = file.head();
        BundleHead.ZoneState state = head.zones().get(place);
        BundleTrailer.ZoneTotals totals = file.trailer().totals().get(place);
        String form = head.kind() == BundleHead.Kind.RECEIPT ? "statement"
                : state.base().isPresent() ? "delta" : "full";
        return new Row().text("zone", state.zone().toString()).text("form", form)
                .number("versions", totals.entries(), totals.entries() + " versions")
                .number("keys", state.count(), "of " + state.count() + " keys")
                .text("digest", HexFormat.of().formatHex(state.digest()), DigestWords.of(state.digest()));
    }

    /** The record of a zone that was compared with this site. */
    static Row found(BundleFile file, int place, boolean equal, String text) {
        return row(file, place).flag("equal", equal, equal ? "equal here" : "not equal here")
                .text("verdict", text);
    }
}
