package kvs.gateway;

import java.util.List;
import kvs.http.Route;

/** The routes of a node, for tests that send something to each of them. */
public final class AllRoutes {

    private AllRoutes() { }

    /** All of them. */
    public static List<Route> list() {
        return List.copyOf(InMemoryApi.guarded(InMemoryApi.Access.STRICT).routes);
    }
}
