package kvs.client;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import kvs.command.MisuseException;
import kvs.model.AsciiParsers;
import kvs.world.ByteConnections;

/**
 * The address of a node.
 *
 * @param secure whether it is https
 * @param host name or address; an IPv6 address without its brackets
 * @param port its port
 */
public record Endpoint(boolean secure, String host, int port) {

    private static final String HTTP = "http://";
    private static final String HTTPS = "https://";
    private static final int PORT = 8_080;
    private static final int ENDPOINTS_MAX = 64;

    /**
     * The endpoints of a list with commas: {@code https://a:8080,b:8080}. One without a scheme has that of
     * the endpoint before it, else http; one without a port has 8080.
     */
    public static List<Endpoint> list(String text) throws MisuseException {
        List<Endpoint> endpoints = new ArrayList<>();
        String scheme = HTTP;
        for (String part : text.split(",")) {
            String one = part.strip();
            scheme = one.startsWith(HTTPS) ? HTTPS : one.startsWith(HTTP) ? HTTP : scheme;
            if (!one.isEmpty()) {
                endpoints.add(of(one.contains("://") ? one : scheme + one));
            }
        }
        if (endpoints.isEmpty() || endpoints.size() > ENDPOINTS_MAX) {
            throw new MisuseException("name 1 to " + ENDPOINTS_MAX + " nodes, such as http://a:8080,b:8080");
        }
        return endpoints;
    }

    private static Endpoint of(String text) throws MisuseException {
        try {
            URI url = URI.create(text);
            boolean known = text.startsWith(HTTP) || text.startsWith(HTTPS);
            boolean bare = url.getRawUserInfo() == null && url.getRawQuery() == null
                    && url.getRawFragment() == null && List.of("", "/").contains(url.getRawPath());
            if (known && bare && url.getHost() != null) {
                String host = url.getHost();
                return new Endpoint(text.startsWith(HTTPS),
                        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                        url.getPort() < 0 ? PORT : url.getPort());
            }
        } catch (IllegalArgumentException e) {
            throw new MisuseException("'" + AsciiParsers.shown(text) + "' is not the URL of a node: write"
                    + " http://HOST:PORT");
        }
        throw new MisuseException("'" + AsciiParsers.shown(text) + "' is not the URL of a node: write"
                + " http://HOST:PORT");
    }

    /** Host and port, as in the header Host. */
    public String authority() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** The URL. */
    public String url() {
        return (secure ? HTTPS : HTTP) + authority();
    }

    /** The peer of a connection. */
    ByteConnections.Peer peer() {
        return new ByteConnections.Peer(host, port);
    }

    @Override
    public String toString() {
        return url();
    }
}
