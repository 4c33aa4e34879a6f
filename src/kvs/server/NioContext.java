package kvs.server;

import com.sun.net.httpserver.Authenticator;
import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A path with the handler of all requests below it. Thread-safe. */
final class NioContext extends HttpContext {

    private final NioServer server;
    private final String path;
    private final Map<String, Object> attributes = new ConcurrentHashMap<>();
    private final List<Filter> filters = new CopyOnWriteArrayList<>();
    private volatile Optional<HttpHandler> handler = Optional.empty();

    NioContext(NioServer server, String path) {
        this.server = server;
        this.path = path;
    }

    @Override
    public HttpHandler getHandler() {
        return handler.orElse(null);
    }

    @Override
    public void setHandler(HttpHandler served) {
        if (handler.isPresent()) {
            throw new IllegalArgumentException("the context has a handler");
        }
        handler = Optional.of(served);
    }

    @Override
    public String getPath() {
        return path;
    }

    @Override
    public HttpServer getServer() {
        return server;
    }

    @Override
    public Map<String, Object> getAttributes() {
        return attributes;
    }

    @Override
    public List<Filter> getFilters() {
        return filters;
    }

    /** Unsupported, because authentication is no task of an engine: {@code UnsupportedOperationException}. */
    @Override
    public Authenticator setAuthenticator(Authenticator authenticator) {
        throw new UnsupportedOperationException("use a filter");
    }

    @Override
    public Authenticator getAuthenticator() {
        return null;
    }
}
