package kvs.gateway;

import java.util.Map;
import kvs.http.Request;

/** The stage of the pipeline that counts requests. */
@FunctionalInterface
public interface RateLimitStage {

    /** Counts nothing. */
    RateLimitStage NONE = (request, headers) -> { };

    /**
     * Counts a request; adds the fields about its limit to {@code headers} of the response, with any status.
     *
     * @throws kvs.model.Refusal {@code RATE_LIMITED}
     */
    void count(Request request, Map<String, String> headers);
}
