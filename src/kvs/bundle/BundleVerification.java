package kvs.bundle;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongConsumer;
import kvs.bundle.RejectedBundleException.Cause;
import kvs.model.BundleRules;
import kvs.model.Coverage;
import kvs.model.Version;
import kvs.model.Zone;
import kvs.recovery.ZoneNotes;
import kvs.store.Store;
import kvs.tree.RangeTotals;
import kvs.world.DiskFile;

/**
 * Checks a file of a partner completely, and changes nothing: first for whom it is, then who made it, then
 * the rules, and last every byte of its body. One thread.
 */
public final class BundleVerification {

    private final Store store;
    private final SiteRecords records;
    private final long wallMs;

    /**
     * The findings about a file that is sound.
     *
     * @param file the file
     * @param keys its keys
     * @param partner the partner that made it
     * @param zones its zones, in its order
     */
    public record Result(BundleFile file, BundleKeys keys, Partner partner, List<ZoneResult> zones) {

        /** The first zone of a bundle that cannot be merged; empty when all can, or have nothing new. */
        public Optional<ZoneResult> refused() {
            return zones.stream().filter(zone -> file.head().kind() == BundleHead.Kind.BUNDLE
                    && zone.verdict() != BundleRules.Verdict.MERGEABLE
                    && zone.verdict() != BundleRules.Verdict.NOTHING_NEW).findFirst();
        }
    }

    /**
     * The findings about a zone.
     *
     * @param state the zone at the maker
     * @param totals the records of the zone in the file
     * @param verdict the verdict by coverage
     * @param here the entries of the zone at this node
     * @param missing the earlier bundles that are not here, for people; empty when that is not known
     */
    public record ZoneResult(BundleHead.ZoneState state, BundleTrailer.ZoneTotals totals,
            BundleRules.Verdict verdict, RangeTotals here, String missing) {

        /** Whether both sites had the same entries: at the maker when it was made, and here now. */
        public boolean isEqual() {
            return Arrays.equals(state.digest(), here.digest());
        }
    }

    /** A verification at the site of an open store, at that time. */
    public BundleVerification(Store store, long wallMs) {
        this.store = store;
        this.records = new SiteRecords(store.root());
        this.wallMs = wallMs;
    }

    /**
     * Checks a file.
     *
     * @param progress receives the number of bytes read
     * @throws RejectedBundleException with the first reason not to take it
     */
    public Result run(DiskFile disk, LongConsumer progress) throws IOException, RejectedBundleException {
        BundleFile file = new BundleFile(disk);
        Partner partner = partner(file.head());
        BundleKeys keys = file.keys(partner.secrets()).orElseThrow(() -> RejectedBundleException.damaged(
                "it was changed, or made with another secret than that of the link to " + partner.name()));
        checkZones(file.head(), partner);
        checkOrigin(file.head());
        if (BundleRules.early(file.head().madeMs(), file.trailer().highestTimestamp(), wallMs)) {
            throw new RejectedBundleException(Cause.CLOCK, "it is more than 24 hours ahead of the clock of"
                    + " this machine: one of the two clocks is wrong. Nothing was taken: set that clock, then"
                    + " try again");
        }
        file.checkHash(progress);
        new BundleReader(file, keys, progress).run((zone, arrival) -> { });
        List<ZoneResult> zones = new ArrayList<>();
        for (int i = 0; i < file.head().zones().size(); i++) {
            zones.add(zone(file.head().zones().get(i), file.trailer().totals().get(i),
                    partner, file.head()));
        }
        return new Result(file, keys, partner, zones);
    }

    /**
     * Reads and checks a file that was just made for a partner.
     *
     * @throws RejectedBundleException when it is not as it was written
     */
    public static BundleFile readBack(DiskFile disk, Partner partner)
            throws IOException, RejectedBundleException {
        BundleFile file = new BundleFile(disk);
        BundleKeys keys = file.keys(partner.secrets())
                .orElseThrow(() -> RejectedBundleException.damaged("its signatures are wrong"));
        file.checkHash(bytes -> { });
        new BundleReader(file, keys, bytes -> { }).run((zone, arrival) -> { });
        return file;
    }

    private ZoneResult zone(BundleHead.ZoneState state, BundleTrailer.ZoneTotals totals, Partner partner,
            BundleHead head) {
        Here here = new Here(store.notes().zones(), store.durable(), records.statements(partner));
        return new ZoneResult(state, totals, verdict(state, head.madeMs(), here),
                ZoneScan.totals(store.root().tree(), state.zone()), missing(state, head.number(), here));
    }

    /** Where nothing of the base is here, no bundle ever was. */
    private static String missing(BundleHead.ZoneState state, long number, Here here) {
        Coverage base = state.base().orElse(Coverage.NONE);
        boolean none = state.zone().coverage(here.covered, base.numbers().keySet()).numbers().isEmpty();
        return here.said.lastMerged(state.zone()).or(() -> none ? Optional.of(MergedBundle.NONE)
                : Optional.empty()).map(last -> last.missingBefore(number)).orElse("");
    }

    /** The zones, the coverage, and the knowledge of the maker's site, at one moment. */
    record Here(ZoneNotes zones, Coverage covered, Statements said) { }

    /** The verdict by coverage on a zone of a bundle that was made then. */
    static BundleRules.Verdict verdict(BundleHead.ZoneState state, long madeMs, Here here) {
        Zone zone = state.zone();
        BundleRules.Receiver receiver = new BundleRules.Receiver(
                zone.coverage(here.covered, state.coverage().numbers().keySet()), here.zones.floor(zone),
                here.said.of(zone));
        return BundleRules.verdict(state.base().orElse(Coverage.NONE), state.coverage(), madeMs, receiver);
    }

    /** The partner that the head names; nothing of it is proven yet. */
    private Partner partner(BundleHead head) throws RejectedBundleException {
        if (records.ids().contains(head.from())) {
            throw foreign("it was made by this site: carry it to the partner");
        }
        Optional<Partner> partner = records.partner(head.link());
        Optional<UUID> self = partner.isPresent() ? records.self(partner.get()) : records.id();
        boolean addressed = head.to().equals(Version.NOBODY) || self.filter(head.to()::equals).isPresent();
        if (!addressed || partner.isEmpty()) {
            throw foreign("it is for site " + (head.to().equals(Version.NOBODY) ? "(not known yet)"
                    : head.to()) + " by the link " + head.link() + ", this is site "
                    + self.map(UUID::toString).orElse("(without a partner)")
                    + (addressed ? " and has no such link: 'kvs partner ls' shows those that it has"
                            : ": carry it there"));
        }
        Partner known = partner.get();
        if (!known.site().equals(Version.NOBODY) && !known.site().equals(head.from())) {
            throw foreign("it was made by site " + head.from() + ", but the partner " + known.name()
                    + " is site " + known.site());
        }
        return known;
    }

    private void checkZones(BundleHead head, Partner partner) throws RejectedBundleException {
        boolean comes = head.kind() == BundleHead.Kind.BUNDLE ? partner.receives() : partner.sends();
        if (!comes) {
            throw foreign("the link to " + partner.name() + " does not go in this direction");
        }
        Optional<String> conflict = partner.conflict(records.partners());
        if (conflict.isPresent()) {
            throw foreign(conflict.get());
        }
        for (BundleHead.ZoneState state : head.zones()) {
            if (!partner.has(state.zone())) {
                throw foreign("its zone " + state.zone() + " is not in the link to " + partner.name()
                        + ", which has " + partner.zones());
            }
        }
    }

    /** A number of this directory that it has not given was given by a later state of it, which is lost. */
    private void checkOrigin(BundleHead head) throws RejectedBundleException {
        for (BundleHead.ZoneState state : head.zones()) {
            long number = state.coverage().of(store.origin());
            if (number > 0 && !store.hasAssigned(number)) {
                throw new RejectedBundleException(Cause.COPY, "its maker has seen writes of this data"
                        + " directory that are not here: the directory was put back to an older state. Make"
                        + " a new one by 'kvs backup' and 'kvs restore', which gives it a new identity");
            }
        }
    }

    private static RejectedBundleException foreign(String why) {
        return new RejectedBundleException(Cause.FOREIGN, why);
    }
}
