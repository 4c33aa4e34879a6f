package kvs.engine;

import com.sun.net.httpserver.Headers;

/**
 * A request line and its fields, well-formed as far as a parser can tell.
 *
 * @param method as it came
 * @param target as it came
 * @param protocol {@code HTTP/1.0} or {@code HTTP/1.1}
 * @param fields all of them
 */
record RequestHead(String method, String target, String protocol, Headers fields) { }
