/**
 * Documents as lines of a file: out of a node ({@code Export}) and into one ({@code Import}), whether it runs ({@code RemoteEndpoint}) or not
 * ({@code OfflineEndpoint}). What a line looks like is drawn in {@code NdjsonCodec}.
 *
 * <pre>
 *   file ─▶ LineReader ─▶ Line ─▶ Import ─▶ Target ─┬─ OfflineEndpoint ─▶ Documents, Ownership
 *            (bounded)  (checked)  │ batches       └─ RemoteEndpoint ─▶ POST /kv/_batch, PUT …/metadata
 *                                  └─▶ Bookmark: what is in for good, beside the file
 *   file ◀─ AtomicFileOutput ◀─ Line ◀─ Export ◀─ Source: pages of the same two
 * </pre>
 *
 * <p>An import is a sequence of batches, each of which is durable before the bookmark moves behind it. So what a kill or a power cut leaves is a
 * prefix of the file, and doing a batch once more writes the same documents again. An export is a new file or none.
 *
 * <p>Keys of our own (users, groups, tokens) never pass: a path cannot name them, and pages do not show them.
 */
package kvs.transfer;
