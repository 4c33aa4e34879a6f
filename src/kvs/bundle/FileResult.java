package kvs.bundle;

import java.util.ArrayList;
import java.util.List;
import kvs.model.BundleRules;
import kvs.world.FailureText;

/**
 * The result for a file of a partner. Immutable.
 *
 * @param verdict the verdict
 * @param sentence what was done or not, why, and what to do next, for people
 * @param partner name of the partner that made the file; empty when that is not proven
 * @param zones the findings about its zones, in its order; empty when it is not sound
 */
public record FileResult(FileVerdict verdict, String sentence, String partner, List<ZoneFinding> zones) {

    /**
     * The finding about a zone.
     *
     * @param state the zone at the maker
     * @param totals its records in the file
     * @param form its form in a word: full, delta, statement
     * @param equal whether both sites have the same entries
     * @param text what it brings, for people
     */
    public record ZoneFinding(BundleHead.ZoneState state, BundleTrailer.ZoneTotals totals, String form,
            boolean equal, String text) { }

    /** The result for a file that is rejected, of which nothing was taken. */
    public static FileResult of(RejectedBundleException rejected) {
        return new FileResult(FileVerdict.of(rejected.kind()), "nothing was changed: "
                + FailureText.text(rejected), "", List.of());
    }

    /** The result for a file that was verified. */
    static FileResult of(FileVerdict verdict, String sentence, BundleVerification.Result verified) {
        List<ZoneFinding> findings = new ArrayList<>();
        boolean receipt = verified.file().head().kind() == BundleHead.Kind.RECEIPT;
        for (BundleVerification.ZoneResult zone : verified.zones()) {
            findings.add(new ZoneFinding(zone.state(), zone.totals(),
                    verified.file().head().form(findings.size()), zone.isEqual(),
                    receipt ? said(zone) : brings(zone.verdict())));
        }
        return new FileResult(verdict, sentence, verified.partner().name(), List.copyOf(findings));
    }

    private static String said(BundleVerification.ZoneResult zone) {
        return zone.verdict() == BundleRules.Verdict.NOTHING_NEW || zone.isEqual() ? "nothing new"
                : "has something new";
    }

    private static String brings(BundleRules.Verdict verdict) {
        return switch (verdict) {
            case MERGEABLE -> "brings something new";
            case NOTHING_NEW -> "nothing new";
            case MISSING -> "needs an earlier bundle";
            case LATE -> "older than what was purged here";
            case PUT_BACK -> "the partner was put back";
        };
    }
}
