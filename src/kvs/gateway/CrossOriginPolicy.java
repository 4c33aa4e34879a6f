package kvs.gateway;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import kvs.http.RequestHeaders;
import kvs.model.HostPort;
import kvs.model.Reason;
import kvs.model.Refusal;

/**
 * Rules against web pages: any page, open in a browser on this machine or in this network, can send requests
 * here. So a page of another origin may only read (Fetch Metadata, W3C), and a name that foreign DNS points
 * at this machine is refused (DNS rebinding). Immutable.
 */
final class CrossOriginPolicy {

    private final Set<String> hosts = new TreeSet<>();
    private final Set<String> pages;

    /**
     * The rules of a node.
     *
     * @param hosts its names, beside IP literals and localhost
     * @param pages origins of web pages that may use it, exactly as browsers send them
     */
    CrossOriginPolicy(List<String> hosts, List<String> pages) {
        hosts.forEach(host -> this.hosts.add(host.toLowerCase(Locale.ROOT)));
        this.pages = Set.copyOf(pages);
    }

    /** Refuses a change by a page of another origin: {@code CROSS_ORIGIN}. */
    void checkPage(String method, RequestHeaders headers) {
        if (method.equals("GET") || method.equals("HEAD")) {
            return;
        }
        Optional<String> origin = headers.get("Origin");
        if (origin.isPresent() && !pages.contains(origin.get()) && !own(origin.get(), headers)) {
            throw new Refusal(Reason.CROSS_ORIGIN,
                    "a web page of another origin may not do this; cors_origins lists the allowed ones");
        }
        String site = headers.get("Sec-Fetch-Site").orElse("none");
        if (origin.filter(pages::contains).isEmpty()
                && (site.equals("cross-site") || site.equals("same-site"))) {
            throw new Refusal(Reason.CROSS_ORIGIN,
                    "a web page of another site may not do this; cors_origins lists the allowed ones");
        }
    }

    /** Refuses a name that is not this node's: {@code MISDIRECTED}. */
    void checkHost(RequestHeaders headers) {
        String host = name(headers.get("Host").orElse(""));
        if (!host.equals("localhost") && !literal(host) && !hosts.contains(host)) {
            throw new Refusal(Reason.MISDIRECTED, "'" + host + "' is not a name of this node"
                    + "; add it to allowed_hosts, or use the IP address");
        }
    }

    /** The page that may read the response, when a request is from one of {@code cors_origins}. */
    Optional<String> page(RequestHeaders headers) {
        return headers.get("Origin").filter(pages::contains);
    }

    private static boolean own(String origin, RequestHeaders headers) {
        String host = headers.get("Host").orElse("");
        return origin.equalsIgnoreCase("http://" + host) || origin.equalsIgnoreCase("https://" + host);
    }

    /** A Host without its port. */
    private static String name(String host) {
        int port = host.startsWith("[") ? host.indexOf(':', host.indexOf(']')) : host.lastIndexOf(':');
        return (port < 0 ? host : host.substring(0, port)).toLowerCase(Locale.ROOT);
    }

    private static boolean literal(String host) {
        return host.startsWith("[") ? HostPort.isHost(host) : dotted(host);
    }

    /** Whether a name is four numbers with points between, as in most requests. */
    private static boolean dotted(String host) {
        int points = 0;
        int digits = 0;
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            boolean point = c == '.' && digits > 0;
            if (!point && (c < '0' || c > '9' || digits == 3)) {
                return false;
            }
            points += point ? 1 : 0;
            digits = point ? 0 : digits + 1;
        }
        return points == 3 && digits > 0;
    }
}
