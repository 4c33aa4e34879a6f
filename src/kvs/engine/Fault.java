package kvs.engine;

/**
 * Why a request, or its connection, cannot be served; the connection is closed after the answer, because where the next request would begin is
 * not known.
 *
 * @param status of the answer
 * @param detail for whoever sent it; a fixed text, never theirs
 */
record Fault(int status, String detail) { }
