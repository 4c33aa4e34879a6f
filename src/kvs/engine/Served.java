package kvs.engine;

import java.net.URI;
import java.util.Optional;

/**
 * Who serves a request.
 *
 * @param uri its target
 * @param context empty when nobody does
 * @param fault why nobody does
 */
record Served(URI uri, Optional<NioContext> context, Optional<Fault> fault) { }
