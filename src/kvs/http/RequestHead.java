package kvs.http;

/**
 * The first lines of a request as they came.
 *
 * @param method first word of the request line
 * @param target second word
 * @param protocol third word
 * @param headers all fields
 * @param ends of the connection
 * @param home where it is served
 */
public record RequestHead(String method, String target, String protocol, RequestHeaders headers, Endpoints ends, Dispatch home) {

    /** One that is served anywhere. */
    public RequestHead(String method, String target, String protocol, RequestHeaders headers, Endpoints ends) {
        this(method, target, protocol, headers, ends, Dispatch.ANYWHERE);
    }

    /** The same with another home. */
    public RequestHead at(Dispatch other) {
        return new RequestHead(method, target, protocol, headers, ends, other);
    }
}
