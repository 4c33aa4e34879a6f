package kvs.gateway;

import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.model.Refusal;

/** The observer of every response once it is decided: for the tamper log. Must be quick and never throw. */
public interface RequestObserver {

    /** An observer that does nothing. */
    RequestObserver NONE = new RequestObserver() {
        @Override
        public void responded(Route route, Request request, Response response) {
            // Does nothing.
        }

        @Override
        public void unauthorized(Route route, Request request, Refusal refusal) {
            // Does nothing.
        }

        @Override
        public void rejectedEarly(Request request, Refusal refusal) {
            // Does nothing.
        }
    };

    /** Observes the {@code response} to {@code request} on {@code route}. */
    void responded(Route route, Request request, Response response);

    /**
     * Observes that {@code request} was refused before its route was known; {@link #responded} does not
     * follow.
     */
    void rejectedEarly(Request request, Refusal refusal);

    /** Observes that {@code request} was refused access to {@code route}; {@link #responded} follows. */
    void unauthorized(Route route, Request request, Refusal refusal);
}
