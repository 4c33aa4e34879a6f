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
 * The knowledge of a partner, by zone. Immutable.
 *
 * <pre>
 *   {"zones":[{"zone":uuid,"known":coverage,"high":coverage,"said_at":ms,"heard_at":ms,
 *              "complete_until":ms,"complete":coverage,"sent":[coverage …]?} …]}; a coverage is base64url
 *   of {@link Coverage}; "sent" are those of the newest bundles that do not count as delivered yet
 * </pre>
 * Never change these names.
 */
public final class Statements {

    private static final int DEPTH_MAX = 4;
    /** Characters of the longest coverage. */
    private static final int COVERAGE_MAX = 1 << 17;

    private final Partner partner;
    private final Map<UUID, PartnerZone> zones;
    private final Map<UUID, List<Coverage>> sent;

    private Statements(Partner partner, Map<UUID, PartnerZone> zones, Map<UUID, List<Coverage>> sent) {
        this.partner = partner;
        this.zones = zones;
        this.sent = sent;
    }

    /** The knowledge in a record; without one that of a partner who was just added. */
    static Statements decode(Partner partner, Optional<byte[]> record) throws JsonException {
        Map<UUID, PartnerZone> zones = new TreeMap<>();
        Map<UUID, List<Coverage>> sent = new TreeMap<>();
        if (record.isPresent()) {
            JsonValue json = JsonValue.parse(record.get(), DEPTH_MAX);
            for (JsonValue zone : json.field("zones").orElseThrow(() -> json.wrong("no zones"))
                    .elements(BundleHead.ZONES_MAX)) {
                zones.put(Partner.id(zone, "zone"), new PartnerZone(partner.sends(),
                        partner.receives(), coverage(zone, "known"), coverage(zone, "high"),
                        Partner.member(zone, "said_at").asLong(), Partner.member(zone, "heard_at").asLong(),
                        Partner.member(zone, "complete_until").asLong(), coverage(zone, "complete")));
                if (zone.field("sent").isPresent()) {
                    sent.put(Partner.id(zone, "zone"), coverages(Partner.member(zone, "sent")));
                }
            }
        }
        return new Statements(partner, zones, sent);
    }

    /** The encoded record. */
    byte[] encode() {
        JsonWriter out = new JsonWriter().object().name("zones").array();
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
        return new Statements(partner, next, sent);
    }

    /** The same after the statement in the head of a file of the partner. */
    Statements said(BundleHead head, long nowMs) {
        Statements next = this;
        for (BundleHead.ZoneState state : head.zones()) {
            next = next.with(state.zone(), zone -> zone.said(state.coverage(), head.madeMs(), nowMs));
        }
        return next;
    }

    /**
     * The same after a bundle was made, if its partner never answers: what it has is taken to be what the
     * last bundle covers, or with an overlap of K the K-th last one. So K − 1 of them may be lost.
     */
    Statements delivered(BundleHead head, long nowMs) {
        Statements next = this;
        for (BundleHead.ZoneState state : partner.receives() ? List.<BundleHead.ZoneState>of()
                : head.zones()) {
            next = next.sent(state, nowMs);
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
        return new Statements(partner, zones, next)
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
        Statements next = new Statements(partner, zones, Map.of());
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
