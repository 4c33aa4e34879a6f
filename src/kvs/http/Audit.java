package kvs.http;

/** Hears of every answer once it is decided: for the log of who did what. Must be quick and never throw. */
@FunctionalInterface
public interface Audit {

    /** Nobody listens. */
    Audit NONE = (request, response) -> { };

    /** {@code request} was answered with {@code response}. */
    void answered(Request request, Response response);
}
