package kvs.http;

/** The place in the pipeline where it is found out who sends a request. */
@FunctionalInterface
public interface Door {

    /** Everybody is welcome, and nobody asked. */
    Door OPEN = request -> Visitor.everybody(request.ends().remote().getAddress().getHostAddress());

    /**
     * Who sends it.
     *
     * @throws Home.Elsewhere when that cannot be said at once, and the thread may not wait
     * @throws kvs.model.Refusal when they show a credential that is not good
     */
    Visitor admit(Request request);
}
