package kvs.http;

import kvs.model.Refusal;

/** Hears of every answer once it is decided: for the log of who did what. Must be quick and never throw. */
public interface Audit {

    /** Nobody listens. */
    Audit NONE = new Audit() {
        @Override
        public void answered(Route route, Request request, Response response) {
            // Nobody listens.
        }

        @Override
        public void turnedAway(Route route, Request request, Refusal why) {
            // Nobody listens.
        }

        @Override
        public void unheard(Request request, Refusal why) {
            // Nobody listens.
        }
    };

    /** {@code request} to {@code route} was answered with {@code response}. */
    void answered(Route route, Request request, Response response);

    /** {@code request} was refused before its route was looked for. It is answered too. */
    void unheard(Request request, Refusal why);

    /** {@code request} was not let through to {@code route}. It is answered too. */
    void turnedAway(Route route, Request request, Refusal why);
}
