package kvs.gateway;

import java.util.List;
import java.util.function.Predicate;
import kvs.auth.FirstUserSetup;
import kvs.http.ConnectionAddresses;
import kvs.http.Request;
import kvs.http.RequestHeaders;
import kvs.model.AsciiParsers;
import kvs.model.IpLiteral;

/** Facts of a request that the rule of the first user needs ({@link FirstUserSetup#admits}). */
public final class FirstUserRequestFacts {

    /** Fields that a browser adds; {@link Request} knows those of proxies. */
    private static final List<String> BROWSER = List.of("origin", "referer", "cookie");
    private static final String FETCH = "sec-fetch-";
    private static final int PORT_DIGITS = 5;

    private FirstUserRequestFacts() { }

    /** The facts of a request; {@code own} asks the operating system for the owner of the client's socket. */
    public static FirstUserSetup.RequestFacts of(Request request, Predicate<ConnectionAddresses> own) {
        RequestHeaders headers = request.headers();
        boolean browser = headers.any(name -> name.startsWith(FETCH) || BROWSER.contains(name));
        boolean json = headers.all("Content-Type").size() == 1
                && RequestValidation.type(headers.all("Content-Type").get(0)).equals("application/json");
        boolean loopback = request.endpoints().loopback();
        return new FirstUserSetup.RequestFacts(loopback, json, named(headers.get("Host").orElse("")),
                !browser && !request.proxied(), loopback && own.test(request.endpoints()));
    }

    /** Whether a host is a name of this machine that no other machine's DNS can claim. */
    private static boolean named(String host) {
        int port = host.lastIndexOf(':') > host.indexOf(']') ? host.lastIndexOf(':') : host.length();
        String name = host.substring(0, port);
        boolean whole = port == host.length()
                || AsciiParsers.number(host.substring(port + 1), PORT_DIGITS).isPresent();
        return whole && (name.equalsIgnoreCase("localhost") || name.equals("[::1]")
                || name.startsWith("127.") && IpLiteral.parse(name).isPresent());
    }
}
