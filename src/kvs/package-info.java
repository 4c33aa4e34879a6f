/**
 * KVS: a key-value store for JSON documents, spoken to with curl, as one jar with nothing but the JDK. This page is the architecture as built.
 *
 * <h2>From above</h2>
 * <pre>
 *  curl ─▶ Loop ─▶ Listener ─▶ Pipeline (guard, web pages, gates, router) ─▶ resources  kvs.server, kvs.http
 *                              │ who is it, how often, may they?       │      └─▶ AuditLog  kvs.audit
 *                    Auth ◀────┘                                       │                kvs.auth
 *                    Documents, Listing, Bulk, Watches, Purger ◀───────┘                kvs.documents
 *                          │ reads: Root ─▶ Entry ─▶ Segment      │ writes: submit(Write)
 *                          ▼                                      ▼
 *                    Tree (index and Merkle tree) ◀── publish ── Writer ─▶ Journal      kvs.store, kvs.tree
 * </pre>
 *
 * <h2>Map</h2>
 * <pre>
 * 6 kvs         Main: arguments to exit status; Node, Entrance, Cluster, Instruments: the only wiring; the commands
 * 5 kvs.http    requests, answers, the JSON of the API, TLS; joins documents, accounts and limits
 * 4 kvs.transfer documents as lines of a file, out of a node and in
 *   kvs.cluster which nodes are there, signed requests between them, replication, coverage
 * 3 kvs.documents    what a request may ask of the documents: conditions, expiry, batches, listings, watches, changes, history, purging
 *   kvs.auth    who somebody is and what they may do: tokens, users, groups, permissions; the secret of the cluster
 *   kvs.audit     rate limit, tamper log, figures, when backups are made
 * 2 kvs.store   log, recovery, checkpoint, backup, the one writer          kvs.config  settings
 * 1 kvs.tree    the index with counts and sums, range diff         kvs.model   keys, versions, their order, refusals
 *   kvs.server  HTTP/1.1 on selectors, behind the API of the JDK's server
 * 0 kvs.world   doors to time, chance, disk, network, threads      kvs.json    strict JSON that keeps the text
 * </pre>
 * A package imports only packages of a lower number; a test checks that.
 *
 * <h2>A write</h2>
 * The handler validates and deflates the document on the caller's thread and submits a {@code Write}. The writer takes all that wait, decides
 * each against the index (conditions, timestamps, ids), appends them as one group with one fsync, publishes the new root, and completes the
 * stages, from which the loops of the connections answer. Acknowledged means fsynced.
 *
 * <h2>A read</h2>
 * Takes the root, which never changes, finds the entry, reads the record at its place and checks its checksum. No lock, no waiting.
 *
 * <h2>Another node</h2>
 * Follows the writes of each member as they come ({@code Feed}, {@code Follower}); what it missed is found by comparing digests of ranges of the
 * two indexes. Versions travel as records of the log and are merged in the writer's step: the greater one wins, on every node alike. What is
 * covered of each origin is noted in the same step ({@code StoreNotes}): from this one vector come cursors, copies, positions of clients ({@code
 * Changes}, {@code PositionHandler}) and the decision when a tombstone may be forgotten ({@code Purger}).
 *
 * <h2>Who may</h2>
 * The pipeline finds out once who sends a request ({@code BearerAuthenticator}) and whether its route is for them at all ({@code RouteAuthorizer}). Whether they
 * may do that with a key is asked where it is done: reads ask with the root that they look at, writes in the writer's step with the transaction
 * ({@code AccessContext.Grants}), so no change of rights slips between. Users, tokens and permissions are documents under reserved keys, so they are
 * as durable as all others. What was done is told to the tamper log when it is durable ({@code AuditRecorder}).
 *
 * <h2>What an operator sees</h2>
 * Each thing that is wrong is a {@code HealthProblem} of a kind; the parts list theirs, and {@code HealthRegistry} is the one list behind {@code /health} and the
 * metric {@code kvs_problems}. What happens in the cluster is one line of the log for each event ({@code MemberEventLog}).
 *
 * <h2>Two versions in one cluster</h2>
 * Each node tells the number of what it can read ({@code ClusterProtocol}). A new kind of record is written only once all members can read it who may come
 * back, and that answer is kept ({@code ProtocolAgreement}).
 *
 * <h2>Invariants</h2>
 * <ol>
 * <li>The order on versions is a strict total order over their data.</li>
 * <li>An acknowledged write survives a crash, or is beaten by a greater version.</li>
 * <li>A replica's version of a key only grows, but for a purge; a purged key comes back only by a write that the purging nodes had never seen, from
 * a node that nobody had heard for longer than the window.</li>
 * <li>Coverage of an origin up to n means that every version of it up to n is here, beaten, or purged; a node that is not whole claims none.</li>
 * <li>Sum and count of every node of the tree equal a recount; a published root is never modified.</li>
 * <li>No reader sees an expired or unreadable value as a good one, nor an older value in the place of an unreadable one.</li>
 * <li>Every queue, body, batch, page and wait has a bound.</li>
 * <li>No request without the right credential changes or reveals anything; no secret reaches a log or an answer.</li>
 * </ol>
 *
 * <h2>Absent on purpose</h2>
 * No dependency, no reflection, no static state, no thread that waits for a write or a watch (one for each stream of events, which waits for its
 * reader too).
 */
package kvs;
