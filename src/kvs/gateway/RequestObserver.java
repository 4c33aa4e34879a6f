package kvs.gateway;

import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.model.Refusal;

/** Hears of every answer once it is decided: for the log of who did what. Must be quick and never throw. */
public interface RequestObserver {

    /** Nobody listens. */
    RequestObserver NONE = new RequestObserver() {
        @Override
        public void responded(Route route, Request request, Response response) {
            // Nobody listens.
        }

        @Override
        public void unauthorized(Route route, Request request, Refusal why) {
            // Nobody listens.
        }

        @Override
        public void rejectedEarly(Request request, Refusal why) {
            // Nobody listens.
        }
    };

    /** {@code request} to {@code route} was answered with {@code response}. */
    void responded(Route route, Request request, Response response);

    /** {@code request} was refused before its route was looked for. It is answered too. */
    void rejectedEarly(Request request, Refusal why);

    /** {@code request} was not let through to {@code route}. It is answered too. */
    void unauthorized(Route route, Request request, Refusal why);
}
