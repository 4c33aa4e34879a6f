package kvs.cli.keys;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClusterClient;
import kvs.command.CommandException;
import kvs.http.PercentEncoding;
import kvs.json.JsonException;
import kvs.json.JsonValue;

/**
 * The nicknames of the authors of versions. Only administrators may list users; for others an author is the
 * first and last digits of an id. One thread.
 */
final class UserNames {

    private static final String NOBODY = "00000000-0000-0000-0000-000000000000";
    private static final String OPERATOR = "00000000-0000-0000-0000-000000000001";
    private static final int PAGES_MAX = 100;

    private final ClusterClient client;
    private final Map<String, String> names = new HashMap<>();
    private boolean asked;

    UserNames(ClusterClient client) {
        this.client = client;
    }

    /** The name of a user. */
    String of(String id) throws CommandException {
        if (id.isEmpty() || id.equals(NOBODY)) {
            return "nobody";
        }
        if (id.equals(OPERATOR)) {
            return "operator";
        }
        if (!asked) {
            asked = true;
            ask();
        }
        return names.getOrDefault(id, RevisionName.shortened(id));
    }

    private void ask() throws CommandException {
        Optional<String> next = Optional.of("");
        for (int page = 0; next.isPresent() && page < PAGES_MAX; page++) {
            String after = next.get().isEmpty() ? "" : "?after=" + PercentEncoding.encode(next.get());
            ClientResponse response = client.send(ClientRequest.get("/auth/users" + after),
                    "the users were not listed");
            next = Optional.of(response.member("next")).filter(text -> !text.isEmpty());
            try {
                add(response);
            } catch (JsonException e) {
                throw response.foreign(e);
            }
        }
    }

    private void add(ClientResponse response) throws JsonException {
        Optional<JsonValue> users = response.isGood() ? response.json().field("users") : Optional.empty();
        if (users.isPresent()) {
            for (JsonValue user : users.get().elements()) {
                names.put(ListedKey.member(user, "uuid").string(),
                        ListedKey.member(user, "nickname").string());
            }
        }
    }
}
