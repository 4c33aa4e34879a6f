package kvs.cli.access;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClusterClient;
import kvs.client.JsonFields;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.http.PercentEncoding;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.model.AsciiParsers;

/** The users and groups of a cluster, as an administrator sees them: found by id or name. One thread. */
final class Accounts {

    /** A path of the API with the users. */
    static final String USERS = "/auth/users";
    /** A path of the API with the groups. */
    static final String GROUPS = "/auth/groups";
    private static final int NOT_FOUND = 404;
    /** Far more than the accounts of a cluster fill. */
    private static final int PAGES_MAX = 1_000;

    private final ClusterClient client;
    private final Map<String, String> nicknames = new LinkedHashMap<>();

    /** The accounts that this client may see. */
    Accounts(ClusterClient client) {
        this.client = client;
    }

    /** All elements of a list that comes in pages. */
    List<JsonValue> all(String target, String name, String undone) throws CommandException {
        List<JsonValue> all = new ArrayList<>();
        Optional<String> next = Optional.of("");
        for (int page = 0; next.isPresent(); page++) {
            if (page == PAGES_MAX) {
                throw new CommandException(ExitStatus.FAILED, undone + ": the list of " + name
                        + " has no end after " + PAGES_MAX + " pages. Ask another node by --endpoint");
            }
            String after = next.get().isEmpty() ? "" : (target.contains("?") ? "&" : "?") + "after="
                    + PercentEncoding.encode(next.get());
            ClientResponse response = client.ask(ClientRequest.get(target + after), undone);
            all.addAll(response.read(json -> JsonFields.list(json, name)));
            next = Optional.of(response.member("next")).filter(text -> !text.isEmpty());
        }
        return all;
    }

    /** The id of the user with that id or nickname. */
    String user(String name, String undone) throws CommandException {
        if (AsciiParsers.uuid(name).isPresent()) {
            return name;
        }
        List<JsonValue> found = all(USERS + "?nickname=" + PercentEncoding.encode(name), "users", undone);
        return only(found, "user", name, undone);
    }

    /** The id of the group with that id or name. */
    String group(String name, String undone) throws CommandException {
        if (AsciiParsers.uuid(name).isPresent()) {
            return name;
        }
        List<JsonValue> found = new ArrayList<>();
        for (JsonValue group : all(GROUPS, "groups", undone)) {
            if (text(group, "name").equals(name)) {
                found.add(group);
            }
        }
        return only(found, "group", name, undone);
    }

    private static String only(List<JsonValue> found, String kind, String name, String undone)
            throws CommandException {
        if (found.size() == 1) {
            return text(found.get(0), "uuid");
        }
        List<String> ids = new ArrayList<>();
        for (JsonValue one : found) {
            ids.add(text(one, "uuid"));
        }
        throw new CommandException(found.isEmpty() ? ExitStatus.ABSENT : ExitStatus.FAILED, undone + ": "
                + (found.isEmpty() ? "there is no " + kind + " '" + name + "'. 'kvs " + kind
                + " ls' lists them" : "several " + kind + "s have this name; name one by its id: "
                + String.join(", ", ids)));
    }

    /** The nickname of a user; the id where it is unknown. */
    String nickname(String id) throws CommandException {
        if (!nicknames.containsKey(id)) {
            ClientResponse response = client.send(ClientRequest.get(USERS + "/" + PercentEncoding.encode(id)),
                    "no user was read");
            String name = response.member("nickname");
            nicknames.put(id, response.status() == NOT_FOUND || name.isEmpty() ? id : name);
        }
        return nicknames.get(id);
    }

    /** The id of the user of the token in use. */
    String caller(String undone) throws CommandException {
        return client.ask(ClientRequest.get("/auth/whoami"), undone).member("user_uuid");
    }

    /** A text of an element, which must be there. */
    static String text(JsonValue element, String name) throws CommandException {
        try {
            return JsonFields.required(element, name);
        } catch (JsonException e) {
            throw new CommandException(ExitStatus.FAILED, "the server is not a KVS node: an element without "
                    + name, e);
        }
    }
}
