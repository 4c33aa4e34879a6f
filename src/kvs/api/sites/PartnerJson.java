package kvs.api.sites;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.bundle.Partner;
import kvs.bundle.Site;
import kvs.bundle.SiteRecords;
import kvs.bundle.Statements;
import kvs.http.JsonBody;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;
import kvs.model.BundleRules.PartnerZone;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.model.Zone;

/** The JSON of partners and zones. Pure functions. */
final class PartnerJson {

    private PartnerJson() { }

    /** Writes a partner as an object, without its secret. */
    static void write(JsonWriter json, Site site, Partner partner) {
        json.object().field("name", partner.name()).field("link", partner.link().toString());
        if (!partner.site().equals(Version.NOBODY)) {
            json.field("site", partner.site().toString());
        }
        SiteRecords records = site.records();
        records.self(partner).filter(self -> !records.id().equals(Optional.of(self)))
                .ifPresent(self -> json.field("self", self.toString()));
        json.field("sends", partner.sends()).field("receives", partner.receives())
                .field("added_at", partner.addedMs()).field("overlap", partner.overlap())
                .field("last_bundle", site.lastNumber(partner))
                .name("zones").array();
        Statements statements = records.statements(partner);
        for (Zone zone : partner.zones()) {
            PartnerZone known = statements.of(zone);
            json.object();
            paths(json.name("paths"), zone);
            json.field("said_at", known.saidMs()).field("heard_at", known.heardMs()).end();
        }
        json.end().end();
    }

    /** Writes the paths of a zone as a list. */
    static void paths(JsonWriter json, Zone zone) {
        json.array();
        zone.paths().forEach(path -> json.value(path.isEmpty() ? Zone.ROOT : path));
        json.end();
    }

    /** The zones in a member of a body; none when it is absent. */
    static List<Zone> zones(JsonBody body, String name) {
        List<Zone> zones = new ArrayList<>();
        for (JsonValue zone : body.has(name) ? body.elements(name) : List.<JsonValue>of()) {
            List<String> paths = new ArrayList<>();
            try {
                for (JsonValue path : zone.elements()) {
                    paths.add(path.string());
                }
                zones.add(Zone.of(paths));
            } catch (JsonException e) {
                throw body.wrong(name, "must be a list of zones, each a list of paths");
            } catch (Refusal e) {
                throw body.wrong(name, e.detail());
            }
        }
        return zones;
    }

    /** A number from 0 on in a member of a body. */
    static long number(JsonBody body, String name) {
        try {
            long number = body.any(name).asLong();
            if (number < 0) {
                throw body.wrong(name, "must be a number from 0 on");
            }
            return number;
        } catch (JsonException e) {
            throw body.wrong(name, "must be a number from 0 on");
        }
    }

    /** Writes the content of a link file. */
    static void link(JsonWriter json, String text) {
        json.raw(text.strip().getBytes(StandardCharsets.UTF_8));
    }
}
