package kvs.bundle;

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
 *              "complete_until":ms,"complete":coverage} …]}; a coverage is base64url of {@link Coverage}
 * </pre>
 * Never change these names.
 */
public final class Statements {

    private static final int DEPTH_MAX = 4;
    /** Characters of the longest coverage. */
    private static final int COVERAGE_MAX = 1 << 17;

    private final Partner partner;
    private final Map<UUID, PartnerZone> zones;

    private Statements(Partner partner, Map<UUID, PartnerZone> zones) {
        this.partner = partner;
        this.zones = zones;
    }

    /** The knowledge in a record; without one that of a partner who was just added. */
    static Statements decode(Partner partner, Optional<byte[]> record) throws JsonException {
        Map<UUID, PartnerZone> zones = new TreeMap<>();
        if (record.isPresent()) {
            JsonValue json = JsonValue.parse(record.get(), DEPTH_MAX);
            for (JsonValue zone : json.field("zones").orElseThrow(() -> json.wrong("no zones"))
                    .elements(BundleHead.ZONES_MAX)) {
                zones.put(Partner.id(zone, "zone"), new PartnerZone(partner.sends(),
                        partner.receives(), coverage(zone, "known"), coverage(zone, "high"),
                        Partner.member(zone, "said_at").asLong(), Partner.member(zone, "heard_at").asLong(),
                        Partner.member(zone, "complete_until").asLong(), coverage(zone, "complete")));
            }
        }
        return new Statements(partner, zones);
    }

    /** The encoded record. */
    byte[] encode() {
        JsonWriter out = new JsonWriter().object().name("zones").array();
        zones.forEach((zone, known) -> out.object().field("zone", zone.toString())
                .field("known", text(known.known())).field("high", text(known.high()))
                .field("said_at", known.saidMs()).field("heard_at", known.heardMs())
                .field("complete_until", known.untilMs()).field("complete", text(known.until())).end());
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
        return new Statements(partner, next);
    }

    /** The same after the statement in the head of a file of the partner. */
    Statements said(BundleHead head, long nowMs) {
        Statements next = this;
        for (BundleHead.ZoneState state : head.zones()) {
            next = next.with(state.zone(), zone -> zone.said(state.coverage(), head.madeMs(), nowMs));
        }
        return next;
    }

    /** The same after a bundle was made, if its partner never answers. */
    Statements delivered(BundleHead head, long nowMs) {
        Statements next = this;
        for (BundleHead.ZoneState state : partner.receives() ? List.<BundleHead.ZoneState>of()
                : head.zones()) {
            next = next.with(state.zone(), zone -> zone.delivered(state.coverage(), nowMs));
        }
        return next;
    }

    /** The same for a partner that has lost what it had. */
    Statements reset() {
        Statements next = this;
        for (Zone zone : partner.zones()) {
            next = next.with(zone, PartnerZone::reset);
        }
        return next;
    }

    private static String text(Coverage coverage) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(coverage.encode());
    }

    private static Coverage coverage(JsonValue json, String name) throws JsonException {
        JsonValue text = Partner.member(json, name);
        try {
            return Coverage.decode(Base64.getUrlDecoder().decode(text.string(COVERAGE_MAX)))
                    .orElseThrow(() -> text.wrong("no coverage"));
        } catch (IllegalArgumentException e) {
            throw text.wrong("no coverage");
        }
    }

}
