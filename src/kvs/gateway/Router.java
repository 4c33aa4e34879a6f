package kvs.gateway;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import kvs.routes.RequiredAccess;
import kvs.http.Response;
import kvs.http.Route;
import kvs.model.Reason;
import kvs.model.Refusal;

/** Finds the route of a request. Immutable. */
public final class Router {

    private final List<Route> routes;
    /** Routes with a fixed path, which is most of them, by that path. */
    private final Map<String, List<Route>> fixed = new HashMap<>();
    /** The other routes by their pattern, the greatest weight first. */
    private final List<PatternRoutes> open = new ArrayList<>();

    /**
     * Routes of one pattern with something in braces, split once, because every request passes here.
     *
     * @param prefix before the brace
     * @param end behind it
     * @param many whether it stands for more than one segment
     */
    private record PatternRoutes(String prefix, String end, boolean many, List<Route> routes) {

        static PatternRoutes of(String pattern) {
            return new PatternRoutes(pattern.substring(0, pattern.indexOf('{')),
                    pattern.substring(pattern.indexOf('}') + 1), pattern.contains("{path}"),
                    new ArrayList<>());
        }

        /** The rank of a pattern: a longer prefix first, then one with an end of its own. */
        int weight() {
            return 2 * prefix.length() + (end.length() > 1 ? 1 : 0);
        }

        boolean matches(String path) {
            if (!path.startsWith(prefix) || end.length() > 1) {
                return path.startsWith(prefix) && path.endsWith(end);
            }
            boolean listing = end.equals("/");
            return path.endsWith("/") == listing && (listing || path.length() > prefix.length())
                    && (many || path.indexOf('/', prefix.length()) < 0);
        }
    }

    /** A router of these routes. */
    public Router(List<Route> routes) {
        this.routes = List.copyOf(routes);
        Map<String, PatternRoutes> patterns = new LinkedHashMap<>();
        for (Route route : routes) {
            List<Route> here = route.pattern().indexOf('{') < 0
                    ? fixed.computeIfAbsent(route.pattern(), pattern -> new ArrayList<>())
                    : patterns.computeIfAbsent(route.pattern(), PatternRoutes::of).routes;
            here.add(route);
        }
        open.addAll(patterns.values());
        open.sort(Comparator.comparingInt(PatternRoutes::weight).reversed());
    }

    /** All routes, as a table of the API names them. */
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
            throw nothing();
        }
        String wanted = method.equals("HEAD") ? "GET" : method;
        if (wanted.equals("OPTIONS")) {
            Response answer = Response.empty(204).with("Allow", allowed(here));
            return Route.of(wanted, here.get(0).pattern(), RequiredAccess.OPEN,
                    r -> CompletableFuture.completedFuture(answer));
        }
        for (Route route : here) {
            if (route.method().equals(wanted)) {
                return route;
            }
        }
        throw unserved(method, path);
    }

    /** The refusal of a method that is not served at a path; {@code NOT_FOUND} when none is. */
    Refusal unserved(String method, String path) {
        List<Route> here = at(path);
        return here.isEmpty() ? nothing()
                : new Refusal(Reason.METHOD_NOT_ALLOWED, method + " is not supported here; supported:"
                        + " " + allowed(here))
                        .with("allow", allowed(here));
    }

    private static Refusal nothing() {
        return new Refusal(Reason.NOT_FOUND, "this path does not exist");
    }

    /** The routes with the matching pattern of the greatest weight. */
    private List<Route> at(String path) {
        List<Route> here = fixed.getOrDefault(path, List.of());
        if (!here.isEmpty()) {
            return here;
        }
        for (PatternRoutes candidate : open) {
            if (candidate.matches(path)) {
                return candidate.routes;
            }
        }
        return List.of();
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
