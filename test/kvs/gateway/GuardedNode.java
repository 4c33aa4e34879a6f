package kvs.gateway;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import kvs.gateway.InMemoryApi.ApiResponse;

/**
 * A guarded node with people: an administrator, Ann who owns what is below {@code locked/}, Mel who is in its
 * group, Bob who is neither, and somebody whose token has expired.
 */
public final class GuardedNode {

    static final String LOCK = "cdwr,--wr,----";

    public final InMemoryApi api;
    public final Map<String, String> tokens = new LinkedHashMap<>();
    public final Map<String, String> ids = new LinkedHashMap<>();
    public final String group;

    public GuardedNode() {
        this(InMemoryApi.Access.STRICT);
    }

    public GuardedNode(InMemoryApi.Access access) {
        api = InMemoryApi.guarded(access);
        tokens.put("operator", api.adminToken());
        user("admin", true, "[\"read\",\"write\",\"admin\"]");
        user("ann", false, "[\"read\",\"write\"]");
        user("mel", false, "[\"read\",\"write\"]");
        user("bob", false, "[\"read\",\"write\"]");
        tokens.put("expired", token("ann", "[\"read\",\"write\"]", "1s").member("token"));
        api.node.clock.advance(2_000);
        group = as("admin", "POST",
                "/auth/groups", "{\"name\":\"g\",\"members\":[\"" + ids.get("mel") + "\"]}").uuid();
        ids.put("version", as("ann", "PUT", "/kv/locked/k", "{\"secret\":1}").uuid());
        as("admin", "PUT", "/kv/locked/metadata", "{\"permissions_text\":\"" + LOCK + "\",\"group_uuid\":\""
                + group + "\",\"owner_uuid\":\"" + ids.get("ann") + "\"}");
    }

    private void user(String name, boolean admin, String scopes) {
        ids.put(name, as("operator", "POST",
                "/auth/users", "{\"nickname\":\"" + name + "\",\"admin\":" + admin + "}").uuid());
        ApiResponse made = token(name, scopes, "24h");
        tokens.put(name, made.member("token"));
        ids.put(name + "-token", made.member("id"));
    }

    public ApiResponse token(String name, String scopes, String life) {
        return as("operator", "POST", "/auth/tokens", "{\"user_uuid\":\"" + ids.get(name) + "\",\"scopes\":"
                + scopes + ",\"expires_in\":\"" + life + "\"}");
    }

    /** Sends a request as somebody; {@code anonymous} has no token. */
    public ApiResponse as(String name, String method, String target, String body, String... headers) {
        Optional<String> token = Optional.ofNullable(tokens.get(name));
        String[] all = new String[headers.length + (token.isPresent() ? 2 : 0)];
        System.arraycopy(headers, 0, all, 0, headers.length);
        if (token.isPresent()) {
            all[headers.length] = "Authorization";
            all[headers.length + 1] = "Bearer " + token.get();
        }
        return api.send(method, target, body, all);
    }

    public ApiResponse get(String name, String target) {
        return as(name, "GET", target, "");
    }

    public ApiResponse put(String name, String target, String body) {
        return as(name, "PUT", target, body);
    }
}
