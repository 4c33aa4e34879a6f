/**
 * Documents as lines of a file: exported from a node ({@code Export}) and imported into one ({@code Import}),
 * a running one ({@code RemoteEndpoint}) or a stopped one ({@code OfflineEndpoint}). {@code NdjsonCodec} owns
 * the format of a line.
 *
 * <pre>
 *   file ─▶ LineReader ─▶ NdjsonCodec ─▶ Import ─▶ DocumentTarget
 *            (bounded)     (checked)       │ batches   ├─ OfflineEndpoint ─▶ Documents, MetadataAdmin
 *                                          │           └─ RemoteEndpoint ─▶ POST /kv/_batch, PUT …/metadata
 *                                          └─▶ ImportProgress: the durable part, beside the file
 *   file ◀─ AtomicFileOutput ◀─ NdjsonCodec ◀─ Export ◀─ DocumentSource: pages of the same two
 * </pre>
 *
 * <p>An import is a sequence of batches, each of which is durable before the progress moves past it. So a
 * kill or a power cut leaves a prefix of the file, and a repeated batch writes the same documents again. An
 * export is a new file or none.
 *
 * <p>Internal keys (users, groups, tokens) are never transferred: a path cannot name them, and pages do not
 * show them.
 */
package kvs.transfer;
