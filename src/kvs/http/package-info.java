/**
 * The HTTP interface: the only package that knows HTTP and the names of the members in its JSON.
 *
 * <p>A request goes one way, and what is refused earlier wins:
 * <pre>
 * Engine ─▶ Listener ─▶ Guard 400 405 411 414 ─▶ Origins 403 ─▶ Doorman 401 ─▶ Origins 421 ─▶ Quota 429 ─▶ Router 404 405
 *        ─▶ Turnstile 401 403 503 ─▶ Preconditions 400 ─▶ Bodies 400 413 415 ─▶ handler 503 403 404 412 409
 *        ─▶ AuditTrail ─▶ AnswerFields
 * </pre>
 * What the engine itself refuses (400 408 417 431 505) gets the fields of every answer too. {@code Pipeline} is that way, {@code Problems}
 * makes an answer of everything that is thrown. {@code Traffic} hears of every answer, counts it by the pattern of its route, and has what was
 * slow logged; a {@code Stay} is the time of a request without the waits it asked for. Who comes in
 * is a {@code Visitor}, which the documents know as their {@code Access}. {@code Tls} keeps certificates that are swapped while connections go
 * on. Handlers, one file for each resource, do not know which server runs them and may answer later from
 * another thread. Only {@code Listener} and the two {@code Engine}s know {@code com.sun.net.httpserver}: {@code NioEngine} serves by {@code
 * kvs.engine}, {@code JdkEngine} by the server of the JDK, which https needs.
 *
 * <p>Where a request runs in {@code NioEngine}: what is {@code Brief} on the loop of its connection, from the head to the answer, because to
 * hand a read of 10 µs to another thread costs as much again. A write ends there at the queue of the writer; the stage that the writer
 * completes goes on at the {@code Home} of the request, its loop, and however many writes a group has, each loop is woken once. What turns out
 * to be long after all is served elsewhere. Everything else runs in a pool: listings, batches, accounts, long documents, whatever may wait
 * for a disk, a lock or a reader.
 */
package kvs.http;
