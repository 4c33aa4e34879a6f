package kvs.http;

/** The place in the pipeline where it is found out who sends a request. */
@FunctionalInterface
public interface Door {

    /** Everybody is welcome, and nobody asked. */
    Door OPEN = request -> Visitor.everybody(request.ends().remote().getAddress().getHostAddress());

    /**
     * Who sends it.
     *
     * @throws Wait when the request is not {@link Request#patient}, and it cannot be said at once
     * @throws kvs.model.Refusal when they show a credential that is not good
     */
    Visitor admit(Request request);

    /** It takes a while to find out, and the thread that asks may not wait: ask again on one that may. */
    final class Wait extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Wait() {
            super("must wait", null, false, false);
        }
    }
}
