/**
 * An HTTP/1.1 server (RFC 9110, RFC 9112) on selectors, behind the API of {@code com.sun.net.httpserver}: {@code NioProvider} makes an {@code
 * HttpServer} that handlers cannot tell from the JDK's. It knows nothing of documents, and nothing of HTTP is known below it.
 *
 * <p>A {@code NioServer} has a few {@code Loop}s, each one thread and its selector. A connection belongs to one loop for life, and so does all
 * that concerns it: {@code Parser} (heads), {@code Framing} (the limits of a body), {@code BodyReceiver} and {@code
 * ChunkDecoder} (the body), {@code ReadBuffer} and {@code WriteQueue} (bytes). Other threads
 * only leave tasks with the loop. Where a {@code Connection} is:
 * <pre>
 *          a byte          the head is whole          its handler is done           all is sent, the body read
 *   IDLE ─────────▶ HEAD ───────────────────▶ EXCHANGE ──────────────────▶ ENDING ─────────────────────────────▶ IDLE
 *    │ idle          │ malformed, late: 400 408 431 … │ broken, stalled     ▲   │ no other request may follow
 *    │               └───────────────────────────────(│)────────────────────┘   ▼
 *    └──────────────────────────────────────▶ CLOSED ◀┴────────────────────── LINGER
 *                                                        the client closes, 2 s
 * </pre>
 * Each state has a clock ({@code ServerLimits.Timeouts}), but for {@code EXCHANGE} without a body that is waited for or an answer that is not read: its
 * handler must end it, and one that throws has ended it. In {@code EXCHANGE} nothing is read unless the handler wants the body, so requests
 * that come too early wait in the kernel, and so does their sender. In {@code LINGER} what comes is thrown away until the client has closed, so
 * that it can read the answer before a reset reaches it.
 *
 * <p>What does not wait: a handler on a loop, whose answer goes out by one call of the system, or is kept by the connection as far as the
 * client does not take it. What waits: threads of others that make an answer piece by piece ({@code ResponseBodyStream}, {@code BackPressure}).
 *
 * <p>What bounds it: connections in all and of one address ({@code ConnectionLimiter}), bytes and fields of a head, the body that a handler asks for,
 * bytes between a thread and its client, and all that a loop holds for clients: answers that they do not take (long ones in {@code OffHeapBlocks}), heads
 * that are not whole, requests that came too early. When that is more than its part of a sixteenth of the heap, who takes nothing of a long answer
 * for three seconds is cut; of an eighth, who moved least lately. One connection has its turn for some sixteen requests, or one buffer of an
 * answer.
 */
package kvs.server;
