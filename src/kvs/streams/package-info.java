/**
 * Event streams of changes, without a thread for each. A stream is a record: its view, its position, and the
 * sink of its connection. Streams that have all events wait in a {@code StreamGroup} with the others of the
 * same view and position. After a write one round reads the next page once for each group, encodes it once,
 * and gives it to the {@code StreamLane}s, one for each loop, which send it to all members. A stream whose
 * client has not taken everything leaves its group. When its socket has drained, it reads from its own
 * position again, in turns with the others that are behind ({@code StreamTurns}), until nothing is left.
 * <pre>
 *            opened                nothing left
 *   client ─────────▶ READING ─────────────────────▶ LIVE ──┐ a round: the page of its group
 *                      │   ▲                          │  ▲───┘
 *            a turn:   │   │  the socket has drained  │ the client has not taken all
 *            its page  └───┴──────────────────────────┘
 * </pre>
 * Between a stream and its socket is at most one page. Who gets what is decided by {@code Changes}, with the
 * rights of the moment at which a page is read. A stream with a revoked or expired token ends at its next
 * page, and at the latest when all groups are checked.
 *
 * <p>It knows neither HTTP nor JSON: {@code EventSink} and {@code EventEncoder} are made above.
 */
package kvs.streams;
