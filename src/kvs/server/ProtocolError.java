package kvs.server;

/**
 * Why a request, or its connection, cannot be served; the connection is closed after the answer, because where the next request would begin is
 * not known.
 *
 * @param status of the answer
 * @param detail for whoever sent it; a fixed text, never theirs
 */
record ProtocolError(int status, String detail) { }
