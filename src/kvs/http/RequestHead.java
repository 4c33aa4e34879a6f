package kvs.http;

/**
 * The request line and the header fields of a request, as received.
 *
 * @param method first word of the request line
 * @param target second word
 * @param protocol third word
 * @param headers all fields
 * @param endpoints of the connection
 * @param executors the executors that serve it
 */
public record RequestHead(String method, String target, String protocol, RequestHeaders headers,
        ConnectionAddresses endpoints, RequestExecutors executors) {

    /** A head that any thread may serve. */
    public RequestHead(String method, String target, String protocol, RequestHeaders headers,
            ConnectionAddresses ends) {
        this(method, target, protocol, headers, ends, RequestExecutors.ANYWHERE);
    }

    /** Whether it comes from this machine, without the header fields of a proxy. */
    public boolean local() {
        return endpoints.withinMachine() && !headers.proxied();
    }

    /** A copy with other executors. */
    public RequestHead at(RequestExecutors other) {
        return new RequestHead(method, target, protocol, headers, endpoints, other);
    }
}
