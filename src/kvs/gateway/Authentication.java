package kvs.gateway;

import kvs.http.Request;
import kvs.http.Requester;

/** The stage of the pipeline that identifies the sender of a request. */
@FunctionalInterface
public interface Authentication {

    /** Gives every sender all rights, without a credential. */
    Authentication OPEN = request -> Requester.everybody(request.endpoints().remote().getAddress()
            .getHostAddress());

    /**
     * The sender of a request.
     *
     * @throws kvs.http.Dispatch.OffloadRequired when the decision must wait, and the thread may not
     * @throws kvs.model.Refusal for a bad credential
     */
    Requester admit(Request request);
}
