package kvs.gateway;

import kvs.http.Request;
import kvs.http.Route;

/** The stage of the pipeline that may refuse a request for the access that its route requires. */
@FunctionalInterface
public interface Authorization {

    /** Admits every request. */
    Authorization OPEN = (route, request) -> { };

    /** Admits the request or throws a {@link kvs.model.Refusal}. */
    void admit(Route route, Request request);
}
