package kvs.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import kvs.config.Settings;
import kvs.gateway.HttpEngine;
import kvs.gateway.HttpFrontend;
import kvs.gateway.JdkEngine;
import kvs.gateway.NioEngine;
import kvs.gateway.TrustedProxies;
import kvs.server.ServerLimits;
import kvs.tls.TlsContexts;
import kvs.world.ProcessUsage;

/**
 * The wiring of the HTTP server of a node: certificate, engine and bounds from the settings, and the
 * addresses that clients and members use.
 */
final class ServerWiring {

    /**
     * Number of open files that are no connections of clients: segments, checkpoints, connections to other
     * nodes.
     */
    private static final int FILES_RESERVED = 1_024;

    private final Settings settings;
    private final Environment environment;
    private final Optional<TlsContexts> tls;

    /** A server that does not listen yet; its certificate is loaded. */
    ServerWiring(Settings settings, Environment environment) throws IOException, TlsContexts.TlsException {
        this.settings = settings;
        this.environment = environment;
        this.tls = load();
    }

    /**
     * Loads the certificate if one is set; an unusable pair stops the start, because no earlier pair can
     * serve.
     */
    private Optional<TlsContexts> load() throws IOException, TlsContexts.TlsException {
        String certificate = settings.text("tls_cert");
        String key = settings.text("tls_key");
        return certificate.isEmpty() ? Optional.empty() : Optional.of(
                new TlsContexts(() -> there(certificate, "tls_cert", environment.files().text(certificate)),
                        () -> there(key, "tls_key", environment.files().secret(key)), environment.clock(),
                        environment.log()));
    }

    private static String there(String path, String setting, Optional<String> text) throws IOException {
        return text.orElseThrow(() -> new IOException(setting + ": there is no file " + path));
    }

    /** The certificate and its key; empty without https. */
    Optional<TlsContexts> tls() {
        return tls;
    }

    /** Listens at the address of the settings; requests wait until the frontend is started. */
    HttpFrontend listen(HttpFrontend.Dependencies dependencies) throws IOException {
        return new HttpFrontend(engine(dependencies), dependencies);
    }

    /** The HTTP engine of the settings. */
    private HttpEngine engine(HttpFrontend.Dependencies dependencies) throws IOException {
        InetSocketAddress address = new InetSocketAddress(settings.text("bind_address"),
                (int) settings.number("port"));
        if (settings.text("http_engine").equals("jdk")) {
            return new JdkEngine(address, tls, dependencies, JdkEngine.STALL_MS);
        }
        TrustedProxies proxies = new TrustedProxies(settings.list("trusted_proxies"));
        int loops = (int) settings.number("http_loops");
        return new NioEngine(address, tls, loops, new ServerLimits(connections(),
                (int) settings.number("max_connections_per_address"), proxies::exempt,
                ServerLimits.HEAD_BYTES, ServerLimits.FIELDS, ServerLimits.Timeouts.DEFAULT), dependencies);
    }

    /**
     * The maximal number of connections: each is an open file, and the store must always be able to open its
     * own.
     */
    private int connections() {
        int wanted = (int) settings.number("max_connections");
        int room = connections(wanted, ProcessUsage.real().maxFiles());
        if (room < wanted) {
            environment.log().warn("the node accepts fewer connections than max_connections: raise the limit"
                    + " of open files (ulimit -n)", "connections", room);
        }
        return room;
    }

    /**
     * The number of connections, at most {@code wanted}, that {@code filesMax} open files allow; NaN stands
     * for an unknown limit.
     */
    static int connections(int wanted, double filesMax) {
        return Double.isNaN(filesMax) ? wanted
                : (int) Math.min(wanted, filesMax - Math.min(FILES_RESERVED, filesMax / 2));
    }

    /** The URL of a server at {@code address}, for a client on this machine. */
    String url(InetSocketAddress address) {
        InetAddress bound = address.getAddress();
        String host = bound.isAnyLocalAddress() ? "127.0.0.1" : bound.getHostAddress();
        return (tls.isPresent() ? "https://" : "http://") + (host.contains(":") ? "[" + host + "]" : host)
                + ":" + address.getPort();
    }

    /**
     * With https the peers use it too, and are trusted by {@code tls_ca}, or else by the trust store of the
     * JDK.
     */
    Optional<SSLContext> trust() throws IOException, TlsContexts.TlsException {
        if (settings.text("tls_cert").isEmpty()) {
            return Optional.empty();
        }
        String path = settings.text("tls_ca");
        if (path.isEmpty()) {
            return Optional.of(TlsContexts.jdkDefault());
        }
        return Optional.of(TlsContexts.trusting(environment.files().text(path)
                .orElseThrow(() -> new IOException("tls_ca: there is no file " + path))));
    }

    /**
     * The address that is advertised to others; on a node that listens at all addresses, the machine's own
     * view of its address.
     */
    String advertised(InetSocketAddress address) throws IOException {
        String given = settings.text("advertise_address");
        if (!given.isEmpty()) {
            return given;
        }
        InetAddress host = address.getAddress().isAnyLocalAddress() ? InetAddress.getLocalHost()
                : address.getAddress();
        String text = host.getHostAddress();
        String advertised = (text.contains(":") ? "[" + text + "]" : text) + ":" + address.getPort();
        if (isForThisMachineAlone(address.getAddress(), host)) {
            environment.log().warn("the name of this machine is an address that no other machine reaches:"
                    + " set advertise_address, otherwise members elsewhere cannot call this node",
                    "advertised", advertised);
        }
        return advertised;
    }

    /** Whether a node listens to other machines, but advertises an address that they cannot reach. */
    static boolean isForThisMachineAlone(InetAddress listens, InetAddress advertised) {
        return listens.isAnyLocalAddress() && advertised.isLoopbackAddress();
    }
}
