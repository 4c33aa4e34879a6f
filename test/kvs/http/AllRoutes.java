package kvs.http;

import java.util.List;

/** The routes of a node, for tests that send something to each of them. */
public final class AllRoutes {

    private AllRoutes() { }

    /** All of them. */
    public static List<Route> list() {
        return List.copyOf(Api.guarded(Api.Access.STRICT).routes);
    }
}
