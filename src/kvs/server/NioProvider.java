package kvs.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import kvs.tls.TlsContexts;
import kvs.world.Clock;
import kvs.world.Logger;
import kvs.world.Threads;

/** The provider of servers of this engine, in the place of those of the JDK. */
public final class NioProvider {

    /** The dependencies of the engine. */
    public record Dependencies(Clock clock, Logger log, Threads threads) { }

    /**
     * A response to a request that the engine itself refuses.
     *
     * @param fields names and values in turn, without its length
     * @param body complete
     */
    public record ErrorResponse(String[] fields, byte[] body) { }

    /**
     * Makes responses to requests that the engine itself refuses; the caller of the engine knows their form.
     * Called on loops: must be quick.
     */
    @FunctionalInterface
    public interface ErrorResponder {

        /**
         * The response with that status; {@code request} holds the fields of the head in turn, none when it
         * could not be read.
         */
        ErrorResponse answer(int status, String detail, String[] request);
    }

    private final int loops;
    private final ServerLimits limits;
    private final ErrorResponder errorResponder;
    private final Optional<TlsContexts> tls;
    private final Dependencies dependencies;

    /** A provider of servers with {@code loops} loops, for https if there is a {@code tls}. */
    public NioProvider(int loops, ServerLimits limits, ErrorResponder errorResponder,
            Optional<TlsContexts> tls, Dependencies dependencies) {
        this.tls = tls;
        this.loops = loops;
        this.limits = limits;
        this.errorResponder = errorResponder;
        this.dependencies = dependencies;
    }

    /** A server bound to {@code address}, where at most {@code backlog} connections wait to be accepted. */
    public NioServer server(InetSocketAddress address, int backlog) throws IOException {
        NioServer server = new NioServer(loops, limits, errorResponder, tls, dependencies);
        server.bind(address, backlog);
        return server;
    }
}
