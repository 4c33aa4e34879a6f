package kvs.ratelimit;

import java.util.Map;
import java.util.Optional;
import kvs.http.Request;
import kvs.server.ResponseBuffer;

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

    /** The quota to which requests of this sender for a document count; empty: they are not counted. */
    default Optional<RequestQuota> quota(Request request) {
        return Optional.empty();
    }

    /** The quota of one sender. */
    @FunctionalInterface
    interface RequestQuota {

        /**
         * Counts a request if it is within the quota, and adds the fields about that to its response;
         * {@code false}: it is not, and nothing was counted.
         */
        boolean count(ResponseBuffer response);
    }
}
