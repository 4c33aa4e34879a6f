package kvs.routes;

import static kvs.routes.RouteDescription.describe;

import java.util.List;
import java.util.Optional;
import kvs.model.NodeMode;
import kvs.model.Reason;

/** The members of the cluster and what they say to each other: {@code /members/} and {@code /sync/}. */
public final class ClusterRoutes {

    /** The wait for the writes of a node that leaves. */
    public static final Parameter<Long> LEAVE_WAIT = Parameter.duration("wait", 60_000,
            "The longest wait for the other nodes").standard("10s");

    /** The mode of a node. */
    static final Schema MODE = Schema.words(NodeMode.NORMAL.text(), NodeMode.READ_ONLY.text(),
            NodeMode.SYNCING.text());

    private static final String OCTETS = "application/octet-stream";

    /** Lists the members. */
    public static final RouteDescription MEMBERS = describe("GET", "/members/", RequiredAccess.OPEN,
            "Lists the nodes as seen from here.")
            .about("`lag_ms` says for how long this node has not had all writes of that one.")
            .answer(ResponseDescription.json(200, "The nodes", Schema.list(new Schema.Component("Member",
                    Schema.object().with("id", Schema.text()).with("address", Schema.text("host:port"))
                            .with("last_seen", Schemas.TIME).with("joined_timestamp", Schemas.TIME)
                            .with("status", Schema.words("alive", "suspect", "failed", "left"))
                            .with("mode", MODE).maybe("lag_ms", Schema.count("milliseconds"))))))
            .examples(Example.of("/members/", 200, "[{\"id\":\"node1\",\"address\":\"127.0.0.1:8080\","
                    + "\"last_seen\":" + Example.TIME + ",\"joined_timestamp\":" + Example.TIME
                    + ",\"status\":\"alive\",\"mode\":\"normal\"}]"))
            .build();

    /** Removes a member. */
    public static final RouteDescription REMOVE = describe("DELETE", "/members/{id}", RequiredAccess.ADMIN,
            "Takes a dead node from the list for good.")
            .about("A live one says so and comes back.")
            .answer(ResponseDescription.empty(204, "The node is removed"))
            .examples(Example.of("/members/node9", 404, "{\"type\":\"/problems/not_found\",\"title\":\"Not"
                    + " found\",\"status\":404,\"detail\":\"there is no other member with this id\","
                    + "\"reason\":\"not_found\",\"request_id\":\"4f9c81e2a06b7d35\",\"node\":\"node1\"}"))
            .build();

    /** Makes this node leave. */
    public static final RouteDescription LEAVE = describe("POST", "/members/leave", RequiredAccess.ADMIN,
            "Makes this node leave once the others have its writes.")
            .about("It is read-only from then on; started again it comes back.")
            .query(LEAVE_WAIT)
            .answer(ResponseDescription.json(200, "The node has left; `copies` nodes have its writes", Schema
                    .object().with("status", Schema.words("left")).with("copies", Schema.count("nodes"))))
            .examples(Example.of("/members/leave?wait=0", 200, "{\"status\":\"left\",\"copies\":1}"))
            .build();

    /** Shows the digest of all data. */
    public static final RouteDescription DIGEST = describe("GET", "/sync/merkle/root", RequiredAccess.OPEN,
            "Shows the digest of all versions: equal contents give equal digests on any node.")
            .rights("with `prefix`: read on all keys below it")
            .query(Parameter.key("prefix", "Only what is below this path, which ends with a slash"))
            .answer(ResponseDescription.json(200, "The digest; with a token also the numbers", Schema.object()
                    .with("hash", Schemas.DIGEST).maybe("count", Schema.count("versions, deletions too"))
                    .maybe("head", Schema.count("the last sequence number"))))
            .refuses(Reason.FORBIDDEN)
            .examples(Example.of("/sync/merkle/root", 200, "{\"hash\":\"" + Example.DIGEST
                    + "\",\"count\":5,\"head\":12}"))
            .build();

    /** The requests of other nodes. */
    public static final List<RouteDescription> PEERS = List.of(
            peer("/members/join", "Membership: a node joins."),
            peer("/members/heartbeat", "Membership: a sign of life."),
            peer("/members/gossip", "Membership: what a node knows of all."),
            peer("/sync/feed", "Replication: the writes of a node after a number."),
            peer("/sync/diff", "Replication: the digests of ranges."),
            peer("/sync/fetch", "Replication: versions of keys."));

    /** All of them. */
    public static final List<RouteDescription> ALL = List.of(MEMBERS, REMOVE, LEAVE, DIGEST);

    private ClusterRoutes() { }

    private static RouteDescription peer(String path, String summary) {
        return describe("POST", path, RequiredAccess.PEER, summary)
                .body(Schema.any("a binary message with its signature"))
                .answer(ResponseDescription.other(OCTETS, "A signed binary message", "KVS-Peer"))
                .answer(new ResponseDescription(401,
                        "The request is for another run of this node: its id, signed",
                        OCTETS, Optional.empty(), List.of("KVS-Peer")))
                .build();
    }

    /** The description of a request of other nodes. */
    public static RouteDescription peer(String path) {
        for (RouteDescription route : PEERS) {
            if (route.pattern().equals(path)) {
                return route;
            }
        }
        throw new AssertionError("no description of " + path);
    }
}
