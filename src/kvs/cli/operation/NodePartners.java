package kvs.cli.operation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import kvs.bundle.Partner;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClusterClient;
import kvs.client.JsonFields;
import kvs.client.NodeSelection;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.ResultWriter;
import kvs.command.Row;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;
import kvs.model.AsciiParsers;
import kvs.model.Version;
import kvs.model.Zone;

/** The partners of the site of a running node, by its API. One thread. */
public final class NodePartners implements AutoCloseable {

    private static final String PARTNERS = "/admin/partners/";
    private static final String UNDONE = "nothing was changed";

    private final Invocation invocation;
    private final ClusterClient client;

    /** The partners of the node that the arguments name. */
    public NodePartners(Invocation invocation, Arguments arguments)
            throws MisuseException, CommandException, IOException {
        this.invocation = invocation;
        this.client = new NodeSelection(invocation, arguments).client();
    }

    /** Adds a partner by a link that the node makes, and writes the link file. */
    public void add(Partner wanted, String file) throws CommandException, IOException {
        JsonWriter body = new JsonWriter().object().name("zones").array();
        for (Zone zone : wanted.zones()) {
            body.array();
            zone.paths().forEach(path -> body.value(path.isEmpty() ? Zone.ROOT : path));
            body.end();
        }
        body.end().field("sends", wanted.sends()).field("receives", wanted.receives());
        ClientResponse response = put(wanted, body);
        String link = response.read(json -> new String(json.field("link")
                .orElseThrow(() -> json.wrong("no link")).raw(), StandardCharsets.UTF_8));
        boolean written = false;
        try {
            written = invocation.files().create(file, link + "\n");
        } finally {
            if (!written) {
                remove(wanted.name());
            }
        }
        if (!written) {
            throw new IOException(file + " exists: name a new file");
        }
        added(response, wanted, Optional.of(file));
    }

    /** Adds a partner by the link that it made, which is the text of a link file. */
    public void use(Partner wanted, String link) throws CommandException {
        added(put(wanted, new JsonWriter().object().name("link")
                .raw(link.strip().getBytes(StandardCharsets.UTF_8))), wanted, Optional.empty());
    }

    private ClientResponse put(Partner wanted, JsonWriter body) throws CommandException {
        if (wanted.overlap() > 1) {
            body.field("overlap", wanted.overlap());
        }
        return client.ask(ClientRequest.json("PUT", PARTNERS + wanted.name(), body.end().toBytes(),
                ClientRequest.Repeat.HARMFUL), UNDONE);
    }

    private void added(ClientResponse response, Partner wanted, Optional<String> file)
            throws CommandException {
        String self = response.read(json -> JsonFields.text(json, "site"));
        invocation.out().println(PartnerLines.added(wanted.name(), self, file));
    }

    /** Removes a partner. */
    public void remove(String name) throws CommandException {
        client.ask(new ClientRequest("DELETE", path(name), Map.of(), new byte[0],
                ClientRequest.Repeat.HARMFUL, 0), UNDONE);
    }

    /** Takes a partner for a stranger. */
    public void reset(String name) throws CommandException {
        client.ask(ClientRequest.json("POST", path(name) + "/reset", new byte[0],
                ClientRequest.Repeat.HARMLESS), UNDONE);
    }

    /**
     * A link at a site.
     *
     * @param self the id by which the partner knows the site
     * @param partner the partner
     */
    public record SiteLink(UUID self, Partner partner) { }

    /** The link to a partner with that secret; the node tells none of its own. */
    public SiteLink link(String name, byte[] secret) throws CommandException {
        return client.ask(ClientRequest.get(PARTNERS), UNDONE).read(json -> {
            for (JsonValue partner : JsonFields.list(json, "partners")) {
                if (JsonFields.text(partner, "name").equals(name)) {
                    UUID self = partner.field("self").isPresent() ? id(partner, "self") : id(json, "site");
                    return Optional.of(new SiteLink(self, partner(partner, name, secret)));
                }
            }
            return Optional.<SiteLink>empty();
        }).orElseThrow(() -> absent(name));
    }

    private static Partner partner(JsonValue json, String name, byte[] secret) throws JsonException {
        List<Zone> zones = new ArrayList<>();
        for (JsonValue zone : JsonFields.list(json, "zones")) {
            zones.add(Zone.of(paths(zone)));
        }
        return new Partner(name, id(json, "link"), List.of(secret), Version.NOBODY, zones,
                JsonFields.flag(json, "sends"), JsonFields.flag(json, "receives"), 0);
    }

    private static UUID id(JsonValue json, String name) throws JsonException {
        return AsciiParsers.uuid(JsonFields.text(json, name)).orElseThrow(() -> json.wrong("no id"));
    }

    /** Gives the link to a partner the secret in the text of a link file. */
    public void rotate(String name, String link) throws CommandException {
        rotate(name, new JsonWriter().object().name("link")
                .raw(link.strip().getBytes(StandardCharsets.UTF_8)));
    }

    /** Makes all secrets of the link to a partner invalid but the newest. */
    public void forget(String name) throws CommandException {
        rotate(name, new JsonWriter().object().field("forget_old", true));
    }

    private void rotate(String name, JsonWriter body) throws CommandException {
        client.ask(ClientRequest.json("POST", path(name) + "/rotate", body.end().toBytes(),
                ClientRequest.Repeat.HARMLESS), UNDONE);
    }

    /** Lists the partners. */
    public void list(ResultWriter results) throws CommandException {
        List<Row> rows = client.ask(ClientRequest.get(PARTNERS), "no partners were listed").read(json -> {
            List<Row> found = new ArrayList<>();
            for (JsonValue partner : JsonFields.list(json, "partners")) {
                found.add(row(partner));
            }
            return found;
        });
        rows.forEach(results::add);
    }

    private static Row row(JsonValue partner) throws JsonException {
        List<String> zones = new ArrayList<>();
        for (JsonValue zone : JsonFields.list(partner, "zones")) {
            zones.add(String.join(",", paths(zone)));
        }
        return PartnerLines.row(JsonFields.text(partner, "name"), zones,
                new PartnerLines.LinkDirections(JsonFields.flag(partner, "sends"),
                        JsonFields.flag(partner, "receives"),
                        JsonFields.number(partner, "overlap").orElse(1)),
                JsonFields.number(partner, "last_bundle").orElse(0),
                partner.field("site").isPresent() ? JsonFields.text(partner, "site") : "");
    }

    private static List<String> paths(JsonValue zone) throws JsonException {
        List<String> paths = new ArrayList<>();
        for (JsonValue path : JsonFields.list(zone, "paths")) {
            paths.add(path.string());
        }
        return paths;
    }

    /** A name that no partner can have would be another path. */
    private static String path(String name) throws CommandException {
        if (!Partner.isName(name)) {
            throw absent(name);
        }
        return PARTNERS + name;
    }

    private static CommandException absent(String name) {
        return new CommandException(ExitStatus.ABSENT, UNDONE + ": there is no partner " + name
                + ": 'kvs partner ls' shows them");
    }

    @Override
    public void close() {
        client.close();
    }
}
