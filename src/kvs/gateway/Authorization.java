package kvs.gateway;

import kvs.http.Request;
import kvs.http.Route;

/** The place in the pipeline where a request may be refused for what its route needs of the caller. */
@FunctionalInterface
public interface Authorization {

    /** Everybody passes. */
    Authorization OPEN = (route, request) -> { };

    /** Lets the request pass or throws a {@link kvs.model.Refusal}. */
    void admit(Route route, Request request);
}
