package kvs.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.command.MisuseException;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;

/**
 * A saved way to a cluster, as a file of JSON:
 * <pre>
 *   {"endpoints":"https://a:8080,https://b:8080","token":"…","ca":"-----BEGIN CERTIFICATE-----…"}
 *   {"directory":"/var/lib/kvs"}      a node on this machine; its address and token are read there each time
 * </pre>
 * Never change this format: people keep such files.
 *
 * @param endpoints the nodes; empty for the one in {@code directory}
 * @param token the bearer token; empty for none
 * @param ca the trusted certificates, PEM; empty for those of the JDK
 * @param directory the data directory of a node on this machine; empty for none
 */
public record ClientContext(List<Endpoint> endpoints, Optional<String> token, Optional<String> ca,
        Optional<String> directory) {

    /** The text of the file. */
    String text() {
        JsonWriter json = new JsonWriter().object();
        if (!endpoints.isEmpty()) {
            json.field("endpoints", String.join(",", endpoints.stream().map(Endpoint::url).toList()));
        }
        token.ifPresent(text -> json.field("token", text));
        ca.ifPresent(pem -> json.field("ca", pem));
        directory.ifPresent(path -> json.field("directory", path));
        return new String(json.end().toBytes(), StandardCharsets.UTF_8) + "\n";
    }

    /** Reads the text of the file {@code path}; the token is in no message. */
    static ClientContext parse(String path, String text) throws MisuseException {
        try {
            JsonValue json = JsonValue.parse(text.getBytes(StandardCharsets.UTF_8));
            Optional<String> endpoints = member(json, "endpoints");
            List<Endpoint> nodes = endpoints.isEmpty() ? new ArrayList<>() : Endpoint.list(endpoints.get());
            ClientContext context = new ClientContext(nodes, member(json, "token"), member(json, "ca"),
                    member(json, "directory"));
            if (!nodes.isEmpty() || context.directory.isPresent()) {
                return context;
            }
        } catch (JsonException damaged) {
            throw new MisuseException(path + " is not a context: write it again by 'kvs login'");
        }
        throw new MisuseException(path + " names no node: write it again by 'kvs login'");
    }

    private static Optional<String> member(JsonValue json, String name) throws JsonException {
        Optional<JsonValue> member = json.field(name);
        return member.isEmpty() ? Optional.empty() : Optional.of(member.get().string());
    }
}
