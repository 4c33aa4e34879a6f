package kvs.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import kvs.auth.Token;
import kvs.auth.TokenScope;
import kvs.auth.User;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClientSession;
import kvs.client.ClusterClient;
import kvs.client.Endpoint;
import kvs.client.LocalNode;
import kvs.client.LocalNodes;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;
import kvs.world.FailureText;

/** The accounts of a running node on this machine, administered over HTTP with its {@code admin.token}. */
final class RemoteAccountAdmin implements AccountAdmin {

    private static final long TIMEOUT_MS = 30_000;

    private final ClusterClient client;

    private RemoteAccountAdmin(ClusterClient client) {
        this.client = client;
    }

    /** The accounts of the node in a directory; the admin token goes to the address that is noted there. */
    static RemoteAccountAdmin open(Invocation invocation, Arguments arguments, String directory)
            throws MisuseException, IOException {
        LocalNode node = LocalNode.in(invocation, directory).orElseThrow(() -> new IOException("the node in "
                + directory + " is not ready: " + directory + "/" + LocalNodes.URL_FILE
                + " does not exist yet; try again"));
        List<Endpoint> nodes = List.of(node.endpoint());
        ClientSession session = new ClientSession(nodes, nodes, node.token(), Optional.empty(), "",
                Optional.of(node));
        return new RemoteAccountAdmin(session.client(invocation, arguments, TIMEOUT_MS));
    }

    /** A page of users and the start of the next page. */
    private record UserPage(List<User> users, Optional<String> next) {

        static UserPage of(JsonValue answer) throws JsonException {
            List<User> users = new ArrayList<>();
            for (JsonValue user : member(answer, "users").elements()) {
                users.add(new User(UUID.fromString(member(user, "uuid").string()), member(user, "nickname")
                        .string(), member(user, "admin").bool(), member(user, "created_at").asLong()));
            }
            Optional<JsonValue> next = answer.field("next");
            return new UserPage(users, next.isEmpty() ? Optional.empty() : Optional.of(next.get().string()));
        }
    }

    @Override
    public List<User> users() throws IOException {
        List<User> users = new ArrayList<>();
        String target = "/auth/users";
        while (true) {
            UserPage page = ask(ClientRequest.get(target), UserPage::of);
            users.addAll(page.users);
            if (page.next.isEmpty()) {
                return users;
            }
            target = "/auth/users?after=" + page.next.get();
        }
    }

    @Override
    public User create(String nickname) throws IOException {
        JsonWriter body = new JsonWriter().object().field("nickname", nickname).field("admin", true).end();
        String id = ask(post("/auth/users", body), answer -> member(answer, "uuid").string());
        return new User(UUID.fromString(id), nickname, true, 0);
    }

    @Override
    public String createToken(UUID user, Set<TokenScope> scopes, long lifeMs) throws IOException {
        JsonWriter body = new JsonWriter().object().field("user_uuid", user.toString())
                .field("expires_in", lifeMs + "ms").name("scopes").array();
        Token.texts(scopes).forEach(body::value);
        return ask(post("/auth/tokens", body.end().end()), answer -> member(answer, "token").string());
    }

    @Override
    public void close() {
        client.close();
    }

    private static ClientRequest post(String target, JsonWriter body) {
        return ClientRequest.json("POST", target, body.toBytes(), ClientRequest.Repeat.HARMFUL);
    }

    private <T> T ask(ClientRequest request, ClientResponse.BodyParser<T> parser) throws IOException {
        try {
            return client.ask(request, "nothing was done").read(parser);
        } catch (CommandException e) {
            throw new IOException(FailureText.text(e), e);
        }
    }

    private static JsonValue member(JsonValue object, String name) throws JsonException {
        return object.field(name).orElseThrow(() -> object.wrong("no field " + name));
    }
}
