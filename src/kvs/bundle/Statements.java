package kvs.bundle;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;
import kvs.model.BundleRules.PartnerZone;
import kvs.model.Coverage;
import kvs.model.Zone;

/**
 * The knowledge of a partner, by zone. Each node of a site writes a record of its own, so that two nodes that
 * take files at the same time overwrite nothing of each other; what the site knows is all of them together.
 * Immutable.
 *
 * <pre>
 *   {"link":uuid?,"resets":n?,"zones":[
 *             {"zone":uuid,"known":coverage,"high":coverage,"said_at":ms,"heard_at":ms,
 *              "complete_until":ms,"complete":coverage,"sent":[coverage …]?,"told":coverage?,
 *              "merged":n?,"merged_made_at":ms?} …]}; a
 *   coverage is base64url of {@link Coverage}; "sent" are those of the newest bundles that do not count as
 *   delivered yet, "told" is all that bundles of this site for the partner covered, "merged" is the number of
 *   the last bundle of the partner that was merged here; in older records it is absent; "resets" counts how
 *   often the partner was taken for a stranger: a record with fewer says what is no longer true
 * </pre>
 * Never change these names.
 */
public final class Statements {

    private static final int DEPTH_MAX = 4;
    /** Characters of the longest coverage. */
    private static final int COVERAGE_MAX = 1 << 17;

    private final Subject subject;
    private final Partner partner;
    private final Map<UUID, PartnerZone> zones;
    private final Map<UUID, List<Coverage>> sent;
    private final Map<UUID, Coverage> told;
    private final Map<UUID, MergedBundle> merged;

    /** A partner, and how often it was taken for a stranger. */
    private record Subject(Partner partner, long resets) {

        Subject reset() {
            return new Subject(partner, resets + 1);
        }
    }

    private Statements(Subject subject, Map<UUID, PartnerZone> zones, Map<UUID, List<Coverage>> sent,
            Map<UUID, Coverage> told, Map<UUID, MergedBundle> merged) {
        this.subject = subject;
        this.partner = subject.partner;
        this.zones = zones;
        this.sent = sent;
        this.told = told;
        this.merged = merged;
    }

    /** The knowledge of a partner who was just added. */
    static Statements none(Partner partner) {
        return new Statements(new Subject(partner, 0), Map.of(), Map.of(), Map.of(), Map.of());
    }

    /** The knowledge in a record; that of an earlier link is none. */
    static Statements decode(Partner partner, byte[] record) throws JsonException {
        Map<UUID, PartnerZone> zones = new TreeMap<>();
        Map<UUID, List<Coverage>> sent = new TreeMap<>();
        Map<UUID, Coverage> told = new TreeMap<>();
        Map<UUID, MergedBundle> merged = new TreeMap<>();
        JsonValue json = JsonValue.parse(record, DEPTH_MAX);
        if (json.field("link").isPresent() && !Partner.id(json, "link").equals(partner.link())) {
            return none(partner);
        }
        for (JsonValue zone : Partner.member(json, "zones").elements(BundleHead.ZONES_MAX)) {
            UUID id = Partner.id(zone, "zone");
            zones.put(id, new PartnerZone(partner.sends(), partner.receives(), coverage(zone, "known"),
                    coverage(zone, "high"), Partner.member(zone, "said_at").asLong(),
                    Partner.member(zone, "heard_at").asLong(),
                    Partner.member(zone, "complete_until").asLong(), coverage(zone, "complete")));
            if (zone.field("sent").isPresent()) {
                sent.put(id, coverages(Partner.member(zone, "sent")));
            }
            if (zone.field("told").isPresent()) {
                told.put(id, coverage(zone, "told"));
            }
            if (zone.field("merged").isPresent()) {
                merged.put(id, new MergedBundle(Partner.member(zone, "merged").asLong(),
                        Partner.member(zone, "merged_made_at").asLong()));
            }
        }
        long resets = json.field("resets").isEmpty() ? 0 : Partner.member(json, "resets").asLong();
        return new Statements(new Subject(partner, resets), zones, sent, told, merged);
    }

    /**
     * The knowledge of two nodes of this site. A reset at one of them counts, although the other may have
     * written its record at the same time.
     */
    Statements and(Statements other) {
        if (subject.resets != other.subject.resets) {
            return subject.resets > other.subject.resets ? this : other;
        }
        Map<UUID, PartnerZone> both = new TreeMap<>(zones);
        Map<UUID, List<Coverage>> pending = new TreeMap<>(sent);
        Map<UUID, Coverage> all = new TreeMap<>(told);
        Map<UUID, MergedBundle> last = new TreeMap<>(merged);
        other.zones.forEach((zone, theirs) -> {
            PartnerZone mine = zones.get(zone);
            if (mine == null || theirs.heardMs() > mine.heardMs()) {
                pending.remove(zone);
                Optional.ofNullable(other.sent.get(zone)).ifPresent(made -> pending.put(zone, made));
            }
            both.merge(zone, theirs, PartnerZone::and);
        });
        other.told.forEach((zone, theirs) -> all.merge(zone, theirs, Coverage::and));
        other.merged.forEach((zone, theirs) -> last.merge(zone, theirs, MergedBundle::and));
        return new Statements(subject, both, pending, all, last);
    }

    /** The last bundle of the partner that was merged here for a zone; empty when that is not known. */
    Optional<MergedBundle> lastMerged(Zone zone) {
        return Optional.ofNullable(merged.get(zone.id()));
    }

    /** All that the bundles which this site made for the partner covered of a zone. */
    Coverage told(Zone zone) {
        return told.getOrDefault(zone.id(), Coverage.NONE);
    }

    /** The encoded record. */
    byte[] encode() {
        JsonWriter out = new JsonWriter().object().field("link", partner.link().toString());
        if (subject.resets > 0) {
            out.field("resets", subject.resets);
        }
        out.name("zones").array();
        zones.forEach((zone, known) -> {
            out.object().field("zone", zone.toString())
                    .field("known", text(known.known())).field("high", text(known.high()))
                    .field("said_at", known.saidMs()).field("heard_at", known.heardMs())
                    .field("complete_until", known.untilMs()).field("complete", text(known.until()));
            if (sent.containsKey(zone)) {
                out.name("sent").array();
                sent.get(zone).forEach(each -> out.value(text(each)));
                out.end();
            }
            if (told.containsKey(zone)) {
                out.field("told", text(told.get(zone)));
            }
            if (merged.containsKey(zone)) {
                out.field("merged", merged.get(zone).number())
                        .field("merged_made_at", merged.get(zone).madeMs());
            }
            out.end();
        });
        return out.end().end().toBytes();
    }

    /** The partner. */
    public Partner partner() {
        return partner;
    }

    /** The partner in a zone of the link. */
    public PartnerZone of(Zone zone) {
        return zones.getOrDefault(zone.id(),
                PartnerZone.added(partner.sends(), partner.receives(), partner.addedMs()));
    }

    /** The same with a change of one zone. */
    Statements with(Zone zone, UnaryOperator<PartnerZone> change) {
        Map<UUID, PartnerZone> next = new TreeMap<>(zones);
        next.put(zone.id(), change.apply(of(zone)));
        return new Statements(subject, next, sent, told, merged);
    }

    /** The same after the statement in the head of a file of the partner. */
    Statements said(BundleHead head, long nowMs) {
        Statements next = this;
        for (BundleHead.ZoneState state : head.zones()) {
            next = next.with(state.zone(), zone -> zone.said(state.coverage(), head.madeMs(), nowMs));
        }
        return next;
    }

    /** The same after a zone of a bundle of the partner was merged completely. */
    Statements merged(BundleHead.ZoneState state, BundleHead head) {
        Map<UUID, MergedBundle> last = new TreeMap<>(merged);
        last.merge(state.zone().id(), new MergedBundle(head.number(), head.madeMs()), MergedBundle::and);
        return new Statements(subject, zones, sent, told, last).with(state.zone(),
                zone -> zone.merged(state.coverage(), head.completeUntilMs()));
    }

    /**
     * The same after a bundle was made. If its partner never answers, what it has is taken to be what the
     * last bundle covers, or with an overlap of K the K-th last one. So K − 1 of them may be lost.
     */
    Statements delivered(BundleHead head, long nowMs) {
        Statements next = this;
        for (BundleHead.ZoneState state : head.zones()) {
            Statements made = partner.receives() ? next.with(state.zone(), zone -> zone)
                    : next.sent(state, nowMs);
            Map<UUID, Coverage> all = new TreeMap<>(made.told);
            all.merge(state.zone().id(), state.coverage(), Coverage::and);
            next = new Statements(subject, made.zones, made.sent, all, made.merged);
        }
        return next;
    }

    private Statements sent(BundleHead.ZoneState state, long nowMs) {
        UUID id = state.zone().id();
        List<Coverage> made = new ArrayList<>(sent.getOrDefault(id, List.of()));
        made.add(state.coverage());
        int counted = made.size() - partner.overlap();
        Coverage had = counted < 0 ? of(state.zone()).known() : made.get(counted);
        List<Coverage> pending = made.subList(Math.max(0, counted + 1), made.size());
        Map<UUID, List<Coverage>> next = new TreeMap<>(sent);
        next.remove(id);
        if (!pending.isEmpty()) {
            next.put(id, List.copyOf(pending));
        }
        return new Statements(subject, zones, next, told, merged)
                .with(state.zone(), zone -> zone.delivered(had, nowMs));
    }

    /** The same of a partner that is taken to have what an earlier bundle for it covered. */
    public Statements since(MadeBundle bundle) {
        Statements next = this;
        for (Zone zone : partner.zones()) {
            Coverage then = bundle.coverages().getOrDefault(zone.id(), Coverage.NONE);
            next = next.with(zone, known -> known.delivered(then, known.heardMs()));
        }
        return next;
    }

    /** The same for a partner that has lost what it had. */
    Statements reset() {
        Statements next = new Statements(subject.reset(), zones, Map.of(), Map.of(), Map.of());
        for (Zone zone : partner.zones()) {
            next = next.with(zone, PartnerZone::reset);
        }
        return next;
    }

    private static String text(Coverage coverage) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(coverage.encode());
    }

    private static Coverage coverage(JsonValue json, String name) throws JsonException {
        return coverage(Partner.member(json, name));
    }

    private static Coverage coverage(JsonValue text) throws JsonException {
        try {
            return Coverage.decode(Base64.getUrlDecoder().decode(text.string(COVERAGE_MAX)))
                    .orElseThrow(() -> text.wrong("no coverage"));
        } catch (IllegalArgumentException e) {
            throw text.wrong("no coverage");
        }
    }

    private static List<Coverage> coverages(JsonValue array) throws JsonException {
        List<Coverage> coverages = new ArrayList<>();
        for (JsonValue text : array.elements(Partner.OVERLAP_MAX)) {
            coverages.add(coverage(text));
        }
        return coverages;
    }
}
