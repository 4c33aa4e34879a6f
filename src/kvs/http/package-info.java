/**
 * The HTTP interface: the only package that knows HTTP and the names of the members in its JSON.
 *
 * <p>A request goes one way, and what is refused earlier wins:
 * <pre>
 * engine (Listener) ─▶ Guard 400 411 414 ─▶ Origins 403 ─▶ Doorman 401 ─▶ Origins 421 ─▶ Quota 429 ─▶ Router 404 405
 *        ─▶ Turnstile 401 403 503 ─▶ body 413 415 ─▶ handler 503 403 404 412 409 ─▶ AuditTrail ─▶ headers of every answer
 * </pre>
 * {@code Pipeline} is that way, {@code Problems} makes an answer of everything that is thrown. {@code Traffic} hears of every answer, counts it by
 * the pattern of its route, and has what was slow logged; a {@code Stay} is the time of a request without the waits it asked for. Who comes in
 * is a {@code Visitor}, which the documents know as their {@code Access}. {@code Tls} keeps certificates that are swapped while connections go
 * on. Handlers, one file for each resource, do not know which server runs them and may answer later from
 * another thread. {@code Listener} is the only file that knows {@code com.sun.net.httpserver}.
 */
package kvs.http;
