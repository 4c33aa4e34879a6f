package kvs.gateway;

import kvs.http.Request;
import kvs.http.Requester;

/** The place in the pipeline where it is found out who sends a request. */
@FunctionalInterface
public interface Authentication {

    /** Everybody is welcome, and nobody asked. */
    Authentication OPEN = request -> Requester.everybody(request.endpoints().remote().getAddress().getHostAddress());

    /**
     * Who sends it.
     *
     * @throws kvs.http.Dispatch.OffloadRequired when that cannot be said at once, and the thread may not wait
     * @throws kvs.model.Refusal when they show a credential that is not good
     */
    Requester admit(Request request);
}
