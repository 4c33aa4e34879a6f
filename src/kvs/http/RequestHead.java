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
record RequestHead(String method, String target, String protocol, Headers headers, Ends ends, Home home) {

    /** One that is served anywhere. */
    RequestHead(String method, String target, String protocol, Headers headers, Ends ends) {
        this(method, target, protocol, headers, ends, Home.ANYWHERE);
    }

    /** The same with another home. */
    RequestHead at(Home other) {
        return new RequestHead(method, target, protocol, headers, ends, other);
    }
}
