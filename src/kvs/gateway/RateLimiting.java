package kvs.gateway;

import java.util.Map;
import kvs.http.Request;

/** The place in the pipeline where requests are counted. */
@FunctionalInterface
public interface RateLimiting {

    /** Nothing is counted. */
    RateLimiting NONE = (request, headers) -> { };

    /**
     * Counts a request; what the client should know of its limit goes into {@code headers} of the answer, whatever that is.
     *
     * @throws kvs.model.Refusal {@code RATE_LIMITED}
     */
    void count(Request request, Map<String, String> headers);
}
