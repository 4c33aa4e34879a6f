package kvs.server;

/**
 * The reason why a request, or its connection, cannot be served; the connection is closed after the response,
 * because the start of the next request is unknown.
 *
 * @param status of the response
 * @param detail text for the client; fixed, never the client's own
 */
record ProtocolError(int status, String detail) { }
