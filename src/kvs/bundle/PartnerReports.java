package kvs.bundle;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import kvs.model.BundleRules.PartnerZone;
import kvs.model.HealthProblem;
import kvs.model.Refusal;
import kvs.model.Zone;
import kvs.store.Store;
import kvs.world.Clock;

/** The reports on the partners of a node, and the problems with their files. Thread-safe. */
public final class PartnerReports {

    private final Store store;
    private final PurgeGuard guard;
    private final LongSupplier windowMs;
    private final BooleanSupplier merging;

    /**
     * The reports of a node.
     *
     * @param guard knows what is kept for partners
     * @param windowMs the window, ms
     * @param merging whether a merge is at work, which is no problem
     */
    public PartnerReports(Store store, PurgeGuard guard, LongSupplier windowMs, BooleanSupplier merging) {
        this.store = store;
        this.guard = guard;
        this.windowMs = windowMs;
        this.merging = merging;
    }

    /** The partners by name; none when their records are unreadable, which is a problem of the store. */
    public List<PartnerReport> list() {
        List<PartnerReport> reports = new ArrayList<>();
        try {
            guard.partners().forEach(said -> reports.add(report(said)));
        } catch (Refusal unreadable) {
            return List.of();
        }
        return reports;
    }

    private PartnerReport report(Statements said) {
        Partner partner = said.partner();
        long heard = 0;
        long until = 0;
        long window = windowMs.getAsLong();
        for (Zone zone : partner.zones()) {
            PartnerZone known = said.of(zone);
            // Before its first statement the time is that at which it was added.
            boolean spoke = known.saidMs() > 0 || known.heardMs() > partner.addedMs();
            heard = Math.max(heard, spoke ? known.heardMs() : 0);
            until = Math.max(until, known.heardMs() + window + window / 10);
        }
        return new PartnerReport(partner.name(), partner.sends(), partner.receives(),
                SiteRecords.lastNumber(store.notes(), partner), heard, guard.waiting(partner.name()), until,
                unfinished(said).isPresent());
    }

    private Optional<UnfinishedMerge> unfinished(Statements said) {
        return merging.getAsBoolean() ? Optional.empty() : UnfinishedMerge.of(store.notes(), said);
    }

    /** The merges that were interrupted, and the partners whose zones overlap. */
    public List<HealthProblem> problems() {
        List<HealthProblem> problems = new ArrayList<>();
        try {
            List<Partner> all = guard.partners().stream().map(Statements::partner).toList();
            for (Statements said : guard.partners()) {
                unfinished(said).ifPresent(merge -> problems.add(new HealthProblem(
                        HealthProblem.Kind.MERGE_UNFINISHED, "the merge of bundle " + merge.number() + " of"
                                + " partner " + said.partner().name() + ", begun "
                                + Clock.utc(merge.begunMs()) + ", has not ended: what it brought"
                                + " is here, but counts as missing")));
                said.partner().conflict(all).ifPresent(why -> problems.add(
                        new HealthProblem(HealthProblem.Kind.PARTNERS_OVERLAP, why)));
            }
        } catch (Refusal unreadable) {
            return List.of();
        }
        return problems;
    }
}
