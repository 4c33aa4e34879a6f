package kvs.routes;

import java.util.List;
import java.util.stream.Stream;

/** The table of all routes that a node can have, in the order of the manual. */
public final class RouteTable {

    /** All groups. */
    public static final List<Group> GROUPS = List.of(
            new Group("Documents", List.of(DocumentRoutes.PUT, DocumentRoutes.GET, DocumentRoutes.DELETE,
                    DocumentRoutes.RESTORE_VERSION, ListingRoutes.GET, ListingRoutes.DELETE,
                    ListingRoutes.RESTORE, DocumentRoutes.PUT_BELOW, BatchRoutes.BATCH, BatchRoutes.TOUCH,
                    ListingRoutes.RANGE, ChangesRoutes.GET, ListingRoutes.CONFLICTS)),
            new Group("Permissions", MetadataRoutes.ALL),
            new Group("Users and groups", UserRoutes.ALL),
            new Group("Tokens", TokenRoutes.ALL),
            new Group("Administration", AdminRoutes.ALL),
            new Group("Cluster", ClusterRoutes.ALL),
            new Group("Sites", Stream.concat(SiteRoutes.ALL.stream(), MergeRoutes.ALL.stream()).toList()),
            new Group("Health, metrics, help", NodeRoutes.ALL),
            new Group("Between nodes", ClusterRoutes.PEERS));

    /** The shape of every refusal. */
    public static final Schema PROBLEM = Schemas.PROBLEM;

    /** Routes about one subject. */
    public record Group(String title, List<RouteDescription> routes) { }

    private RouteTable() { }

    /** All routes. */
    public static List<RouteDescription> all() {
        return GROUPS.stream().flatMap(group -> group.routes.stream()).toList();
    }

    /** All routes of clients, without those of other nodes. */
    public static Stream<RouteDescription> ofClients() {
        return all().stream().filter(route -> route.access() != RequiredAccess.PEER);
    }
}
