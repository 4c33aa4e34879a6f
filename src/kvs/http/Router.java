package kvs.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import kvs.model.Reason;
import kvs.model.Refusal;

/** Finds the route of a request. Immutable. */
public final class Router {

    private final List<Route> routes;
    /** Those of a fixed path, which is most of them, by that. */
    private final Map<String, List<Route>> fixed = new HashMap<>();
    private final List<Route> open = new ArrayList<>();

    /** A router of these routes. */
    public Router(List<Route> routes) {
        List<Route> sorted = new ArrayList<>(routes);
        sorted.sort(Comparator.comparingInt(Route::weight).reversed());
        this.routes = List.copyOf(sorted);
        for (Route route : sorted) {
            if (route.fixed()) {
                fixed.computeIfAbsent(route.pattern(), pattern -> new ArrayList<>()).add(route);
            } else {
                open.add(route);
            }
        }
    }

    /** All routes as a table of the API names them. */
    public List<String> texts() {
        return routes.stream().map(Route::text).sorted().toList();
    }

    /**
     * The route of a request; {@code OPTIONS} has one wherever another method has.
     *
     * @throws Refusal {@code NOT_FOUND} or {@code METHOD_NOT_ALLOWED}
     */
    Route find(String method, String path) {
        List<Route> here = at(path);
        if (here.isEmpty()) {
            throw new Refusal(Reason.NOT_FOUND, "nothing is served at this path");
        }
        String wanted = method.equals("HEAD") ? "GET" : method;
        if (wanted.equals("OPTIONS")) {
            Response answer = Response.empty(204).with("Allow", allowed(here));
            return Route.of(wanted, here.get(0).pattern(), Need.OPEN, r -> CompletableFuture.completedFuture(answer));
        }
        return here.stream().filter(route -> route.method().equals(wanted)).findFirst().orElseThrow(() -> new Refusal(
                Reason.METHOD_NOT_ALLOWED, method + " is not served here, but " + allowed(here)).with("allow", allowed(here)));
    }

    /** The routes with the weightiest pattern that matches. */
    private List<Route> at(String path) {
        List<Route> here = fixed.getOrDefault(path, List.of());
        if (!here.isEmpty()) {
            return here;
        }
        List<Route> matching = new ArrayList<>();
        for (Route route : open) {
            boolean same = !matching.isEmpty() && route.pattern().equals(matching.get(0).pattern());
            if (same || matching.isEmpty() && route.matches(path)) {
                matching.add(route);
            }
        }
        return matching;
    }

    private static String allowed(List<Route> here) {
        TreeSet<String> methods = new TreeSet<>(List.of("OPTIONS"));
        for (Route route : here) {
            methods.add(route.method());
            if (route.method().equals("GET")) {
                methods.add("HEAD");
            }
        }
        return String.join(", ", methods);
    }
}
