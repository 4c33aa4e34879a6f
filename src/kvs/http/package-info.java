/**
 * The HTTP interface: the only package that knows HTTP and the names of the members in its JSON.
 *
 * <p>A request goes one way, and what is refused earlier wins:
 * <pre>
 * engine (JdkServer) ─▶ Guard 400 411 413 414 415 ─▶ WebPages 403 ─▶ credential 401 ─▶ Hosts 421 ─▶ rate 429
 *        ─▶ Router 404 405 ─▶ body ─▶ permission 403 ─▶ handler 503 403 404 412 409 ─▶ headers of every answer ─▶ audit
 * </pre>
 * {@code Pipeline} is that way, {@code Problems} makes an answer of everything that is thrown. Credential, rate and permission are gates that
 * let everybody pass until accounts exist. Handlers, one file for each resource, do not know which server runs them and may answer later from
 * another thread. {@code JdkServer} is the only file that knows {@code com.sun.net.httpserver}.
 */
package kvs.http;
