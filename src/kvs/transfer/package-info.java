/**
 * Documents in files: exported from a node ({@code Export}) and imported into one ({@code Import}), a
 * running one ({@code RemoteEndpoint}) or a stopped one ({@code OfflineEndpoint}). {@code NdjsonCodec} owns
 * the format of a line; the files of other stores are a {@code FileFormat}.
 *
 * <pre>
 *   file ─▶ EntryReader ─▶ EntryParser ─▶ Import ─▶ DocumentTarget
 *            (bounded)      (checked)       │ batches   ├─ OfflineEndpoint ─▶ Documents, MetadataAdmin
 *                                           │           └─ RemoteEndpoint ─▶ /kv/_batch, …/metadata
 *                                           └─▶ ImportProgress: the durable part, beside the file
 *          NDJSON   LineReader      NdjsonCodec
 *          etcd     JsonElements    EtcdParser  ┐
 *          Consul   JsonElements    ConsulParser┴▶ ForeignValue: bytes and JSON
 *          CouchDB  JsonElements    CouchParser
 *          Redis    LineReader      RedisParser ─▶ ForeignValue
 *   file ◀─ AtomicFileOutput ◀─ DocumentEncoder ◀─ Export ◀─ DocumentSource: pages of the same two
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
