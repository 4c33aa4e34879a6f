package kvs.gateway;

import java.util.Optional;
import java.util.function.Function;
import kvs.documents.AccessContext;
import kvs.http.Request;
import kvs.http.Requester;
import kvs.store.StoreView;

/** The stage of the pipeline that identifies the sender of a request. */
@FunctionalInterface
public interface Authentication {

    /** Gives every sender all rights, without a credential. */
    Authentication OPEN = request -> Optional.of(Requester.everybody(request.endpoints().remote().getAddress()
            .getHostAddress()));

    /**
     * The sender of a request; nobody when the decision must wait, and the thread may not
     * ({@link kvs.http.RequestExecutors#mayBlock}): ask again on one that may.
     *
     * @throws kvs.model.Refusal for a bad credential
     */
    Optional<Requester> admit(Request request);

    /**
     * The sender of this request and of all with the same header fields on its connection, as long as the
     * accounts are the same ({@link StoreView#reservedChanges}) and their credential has not expired. Counts
     * nothing; empty when that is unknown.
     *
     * @throws kvs.model.Refusal for a bad credential
     */
    default Optional<RememberedSender> remember(Request request) {
        return Optional.empty();
    }

    /**
     * A sender who is known already.
     *
     * @param requester the sender, whose rights are renewed in each state of the store
     * @param grants the same rights in a state with the same accounts, not renewed
     */
    record RememberedSender(Requester requester, Function<StoreView, AccessContext.Grants> grants) { }
}
