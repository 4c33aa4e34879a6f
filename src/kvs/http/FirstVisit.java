package kvs.http;

import java.util.List;
import java.util.function.Predicate;
import kvs.auth.FirstAdmin;

/** What the rule of the first user asks of a request ({@link FirstAdmin#admits}). */
public final class FirstVisit {

    /** Fields that a browser adds; those of proxies are known to {@link Request}. */
    private static final List<String> BROWSER = List.of("origin", "referer", "cookie");
    private static final String FETCH = "sec-fetch-";

    private FirstVisit() { }

    /** A request as the rule sees it; {@code own} asks the operating system whose the client's socket is. */
    public static FirstAdmin.Visit of(Request request, Predicate<Ends> own) {
        Headers headers = request.headers();
        boolean browser = headers.any(name -> name.startsWith(FETCH) || BROWSER.contains(name));
        boolean json = headers.all("Content-Type").size() == 1 && headers.all("Content-Type").get(0).split(";", 2)[0].strip()
                .equalsIgnoreCase("application/json");
        boolean loopback = request.ends().loopback();
        return new FirstAdmin.Visit(loopback, json, named(headers.get("Host").orElse("")), !browser && !request.proxied(),
                loopback && own.test(request.ends()));
    }

    /** Names of this machine that no other machine's DNS can claim. */
    private static boolean named(String host) {
        return host.matches("(?i)(localhost|127(\\.[0-9]{1,3}){3}|\\[::1\\])(:[0-9]{1,5})?");
    }
}
