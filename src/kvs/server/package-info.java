/**
 * An HTTP/1.1 server (RFC 9110, RFC 9112) on selectors, behind the API of {@code com.sun.net.httpserver}:
 * {@code NioProvider} makes an {@code HttpServer} that handlers cannot distinguish from the JDK's. It knows
 * nothing of documents, and no package below it knows HTTP.
 *
 * <p>A {@code NioServer} has one {@code Loop} or a few, each one thread and its selector; {@code Acceptor}
 * distributes connections to them. A connection belongs to one loop for life, and so does its state:
 * {@code ConnectionTurns} (its share of the loop), {@code Parser} (heads), {@code Framing} (the limits of a
 * body), {@code BodyFlowControl}, {@code BodyReceiver} and {@code ChunkDecoder} (the body),
 * {@code ReadBuffer}, {@code ResponseSender} and {@code SendQueue} (bytes), and {@code Transport}, through
 * which all bytes pass to and from its socket. Other threads only add tasks to the loop. The states of a
 * {@code Connection}:
 * <pre>
 *         a byte         head complete                handler done            all sent, body read
 *   IDLE ────────▶ HEAD ────────────────▶ EXCHANGE ─────────────────▶ ENDING ─────────────────────▶ IDLE
 *    │ idle         │ malformed, late:     │ broken, stalled           ▲  │ no other request may follow
 *    │              │ 400 408 431 …        │                           │  │
 *    │              └─────────────────────(│)──────────────────────────┘  ▼
 *    └────────────────────────────────▶ CLOSED ◀────────────────────── LINGER
 *                                                the client closes, 2 s
 * </pre>
 * A handshake of TLS is a {@code HEAD} that leads back to {@code IDLE}. Each state has a time limit
 * ({@code ServerLimits.Timeouts}), but for {@code EXCHANGE} without a requested body or a response that is
 * not read: its handler must end it, and an exception of the handler ends it. In {@code EXCHANGE} nothing is
 * read unless the handler requests the body, so requests that arrive too early
 * wait in the kernel, and so does their sender. In {@code LINGER} input is discarded until the client has
 * closed, so that it can read the response before a reset reaches it.
 *
 * <p>Simple requests are not parsed: {@code FastRequests} compares the header fields of a request with those
 * of the one before it on its connection ({@code HeaderBlock}). A {@code FastPath} responds to a read from
 * the bytes, within one step from {@code IDLE} to {@code ENDING}, or takes a write, whose response follows
 * ({@code PendingResponse}). Whatever it does not take is parsed as if it did not exist.
 *
 * <p>A handler on a loop does not wait: its response is sent by one system call, or kept by the connection as
 * far as the client does not take it. Other threads that make a response piece by piece do wait
 * ({@code ResponseBodyStream}, {@code BackPressure}). A response without an end is a record of the loop
 * ({@code EventStream}): it takes bytes when its client has all before them, and nothing waits.
 *
 * <p>Bounds: connections in all and of one address ({@code ConnectionLimiter} counts them; when all places
 * are taken, {@code IdleEviction} closes the one that has been idle longest), bytes and fields of a head, the
 * body that a handler requests, bytes between a thread and its client, and all that a loop holds for clients:
 * unsent responses (long ones in {@code OffHeapBlocks}), incomplete heads, requests that arrived too early
 * ({@code UnsentBytesEviction}). When that is more than its part of a sixteenth of the heap, a client that
 * takes nothing of a long response for three seconds is cut; of an eighth, those that moved least lately. One
 * connection has its turn for some sixteen requests, or one buffer of a response.
 *
 * <p>TLS: {@code TlsTransport} opens and seals the records of a connection by the JDK's {@code SSLEngine},
 * on the loop and in its {@code TlsBuffers}; the slow steps of a handshake run in the pool of
 * {@code TlsHandshakes}. HTTP above it does not know.
 */
package kvs.server;
