package kvs.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import kvs.auth.Token;
import kvs.auth.TokenScope;
import kvs.auth.User;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;
import kvs.transfer.RefusalAdvice;
import kvs.world.FailureText;

/** The accounts of a running node, administered over HTTP within the machine with its {@code admin.token}. */
final class RemoteAccountAdmin implements AccountAdmin {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient client;
    private final String url;
    private final String directory;
    private final String adminToken;

    RemoteAccountAdmin(HttpClient client, String url, String directory, String adminToken) {
        this.client = client;
        this.url = url;
        this.directory = directory;
        this.adminToken = adminToken;
    }

    /** A parser of a response; it fails on a response that it does not understand. */
    @FunctionalInterface
    private interface ResponseParser<T> {
        T of(JsonValue answer) throws JsonException;
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
            UserPage page = send("GET", target, Optional.empty(), UserPage::of);
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
        String id = send("POST", "/auth/users", Optional.of(body), answer -> member(answer, "uuid").string());
        return new User(UUID.fromString(id), nickname, true, 0);
    }

    @Override
    public String createToken(UUID user, Set<TokenScope> scopes, long lifeMs) throws IOException {
        JsonWriter body = new JsonWriter().object().field("user_uuid", user.toString())
                .field("expires_in", lifeMs + "ms").name("scopes").array();
        Token.texts(scopes).forEach(body::value);
        return send("POST", "/auth/tokens", Optional.of(body.end().end()),
                answer -> member(answer, "token").string());
    }

    @Override
    public void close() {
        // An HTTP client of Java 17 has nothing to close.
    }

    private <T> T send(String method, String target, Optional<JsonWriter> body, ResponseParser<T> reading)
            throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + target)).timeout(PATIENCE)
                .header("Authorization", "Bearer " + adminToken).header("Content-Type", "application/json")
                .method(method, body.map(json -> HttpRequest.BodyPublishers.ofByteArray(json.toBytes()))
                        .orElseGet(HttpRequest.BodyPublishers::noBody)).build();
        try {
            HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            JsonValue json = JsonValue.parse(answer.body());
            if (answer.statusCode() >= 300) {
                String way = RefusalAdvice.of(member(json, "reason").string(), url, directory)
                        .map(text -> ". " + text).orElse("");
                throw new IOException("nothing was done; the node at " + url + " refused: "
                        + member(json, "detail").string() + way);
            }
            return reading.of(json);
        } catch (JsonException | IllegalArgumentException e) {
            throw new IOException("the server at " + url + " is not a KVS node: " + FailureText.text(e),
                    e);
        } catch (InterruptedException e) {
            throw new AssertionError("nothing interrupts the command line", e);
        }
    }

    private static JsonValue member(JsonValue object, String name) throws JsonException {
        return object.field(name).orElseThrow(() -> object.wrong("no field " + name));
    }
}
