package kvs.cli.access;

import java.io.IOException;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClusterClient;
import kvs.client.JsonFields;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OptionSpec;
import kvs.command.OutputFormat;
import kvs.command.ResultWriter;
import kvs.command.Row;
import kvs.http.PercentEncoding;
import kvs.json.JsonWriter;
import kvs.model.Key;
import kvs.model.Refusal;

/**
 * The owner, group and permissions of a path: of everything at it and below it.
 *
 * @param path the path, without slashes at its ends; empty for the root
 */
record PathMetadata(String path) {

    /** The option that chooses the kind of metadata. */
    static final OptionSpec OWN_KEYS = OptionSpec.flag("--own-keys",
            "only for the keys there that are your own");
    /** The option that chooses the kind of metadata. */
    static final OptionSpec SUBTREE = OptionSpec.flag("--subtree",
            "for the keys of everybody there: for administrators and whom the subtree was given to");
    private static final byte[] NONE = {};

    /** The path that a person has typed. */
    static PathMetadata of(String typed) throws MisuseException {
        String path = typed.startsWith("/") ? typed.substring(1) : typed;
        path = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        try {
            return new PathMetadata(path.isEmpty() ? "" : Key.of(path).text());
        } catch (Refusal refusal) {
            throw new MisuseException("'" + typed + "' is not a path: " + refusal.detail());
        }
    }

    /** The target of a request for it. */
    private String target() {
        return path.isEmpty() ? "/kv/metadata" : "/kv/" + PercentEncoding.encode(path) + "/metadata";
    }

    /** The kind that the arguments name, as a value of {@code applies_to}; empty for that of the node. */
    private static String kind(Arguments arguments) throws MisuseException {
        boolean own = arguments.has(OWN_KEYS.name());
        boolean subtree = arguments.has(SUBTREE.name());
        if (own && subtree) {
            throw new MisuseException("--own-keys and --subtree exclude each other");
        }
        return own ? "own_keys" : subtree ? "subtree" : "";
    }

    /** Sets what {@code fields} has; its object is open. The result is the metadata in force. */
    ClientResponse set(ClusterClient client, JsonWriter fields, Arguments arguments)
            throws MisuseException, CommandException {
        String kind = kind(arguments);
        if (!kind.isEmpty()) {
            fields.field("applies_to", kind);
        }
        return client.ask(ClientRequest.json("PUT", target(), fields.end().toBytes(),
                ClientRequest.Repeat.HARMLESS), "the rights on " + this + " were not changed");
    }

    /** Removes what is set at the path, so that what is above holds; the result is what holds now. */
    ClientResponse reset(ClusterClient client, Arguments arguments) throws MisuseException, CommandException {
        String kind = kind(arguments);
        client.ask(ClientRequest.json("DELETE", target() + (kind.isEmpty() ? "" : "?applies_to=" + kind),
                NONE, ClientRequest.Repeat.HARMLESS), "the rights on " + this + " were not changed");
        return shown(client);
    }

    /** What is in force. */
    ClientResponse shown(ClusterClient client) throws CommandException {
        return client.ask(ClientRequest.get(target()), "the rights on " + this + " were not read");
    }

    /** Prints the metadata in a response. */
    void print(Invocation invocation, Arguments arguments, ClientResponse response)
            throws CommandException, IOException {
        try (ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), true)) {
            results.add(response.read(json -> {
                Row row = new Row().text("path", path, toString())
                        .text("permissions", JsonFields.text(json, "permissions_text"))
                        .text("applies_to", JsonFields.text(json, "applies_to"));
                String owner = JsonFields.text(json, "owner_uuid");
                String group = JsonFields.text(json, "group_uuid");
                String from = JsonFields.text(json, "inherited_from");
                row = owner.isEmpty() ? row.none("owner_uuid") : row.text("owner_uuid", owner,
                        "owner " + owner);
                row = group.isEmpty() ? row.none("group_uuid") : row.text("group_uuid", group,
                        "group " + group);
                return from.isEmpty() ? row : row.text("inherited_from", from, "from " + from);
            }));
        }
    }

    @Override
    public String toString() {
        return path.isEmpty() ? "/" : path;
    }
}
