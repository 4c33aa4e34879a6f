package kvs.http;

/** Hears of every answer once it is decided: for the log of who did what. Must be quick and never throw. */
@FunctionalInterface
public interface Audit {

    /** Nobody listens. */
    Audit NONE = (route, request, response) -> { };

    /** {@code request} to {@code route} was answered with {@code response}. */
    void answered(Route route, Request request, Response response);
}
