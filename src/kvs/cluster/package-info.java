/**
 * The nodes of a cluster, and what passes between them: who is there, what they hold, and what they know of each other's writes.
 *
 * <pre>
 *   Membership ──Greeting──▶ PeerClient ──Stamp──▶ network ──▶ kvs.http ──▶ PeerAuthenticator ──▶ PeerService: Membership, Feed, SyncService
 *       └─▶ Roster (who is there, as seen from here)
 *
 *   Replication ─▶ Follower, one for each member:   follow its own writes (Feed) ─────────────────────────────▶ Merge ─▶ store
 *       │            └─ Pace: when not, and when      compare all (DiffMessage) ─▶ fetch what is newer (Frames) ─▶ Merge ─▶ store
 *       │               to compare everything                                        └─▶ Knowledge: this is covered now
 *       ├─▶ Knowledge (what this node covers, and may claim)      whole? an old copy? damaged? still joining?
 *       ├─▶ Contacts  (who was heard when, and covers what)       may this tombstone be forgotten?
 *       ├─▶ EndedOrigins (lives that are over, how far seen)        can this write still come from anybody?
 *       └─▶ Agreement (what all can read who may come back)       may this kind of record be written?
 * </pre>
 *
 * <p>A node pulls, nobody pushes: what a member lacks, it fetches itself. How far it has come in the writes of each origin is its coverage
 * ({@link kvs.model.Coverage}), which is written in the same transaction as the versions themselves; so a restarted node goes on where it was,
 * and a loss of any message means the same question again. Of each key only the present version travels, at its
 * own place in the order of the log ({@code FeedPage}); of locks and accounts each version, so no document arrives before the lock that was there
 * when it was written. With coverage comes the floor of what was purged ({@code PurgeFloor}).
 *
 * <p>A claim is never more than what is durable, and never from doubt: a node that is fetching, is damaged, or may be an old copy of its directory
 * claims nothing. On claims rest {@code ?copies=}, positions of clients, and the purge of what is dead: it is forgotten when everybody who may come
 * back has it. Who comes back after longer than that drops what the others had and have forgotten ({@code kvs.model.ReplicationRules#drop}).
 *
 * <p>Every request and every answer carries a {@code PeerSignature}: a MAC by a key that is derived from the secret of the cluster ({@code Keyring}).
 * A request is for one run of one node, of one minute by that node's own clock, and is taken once ({@code PeerAuthenticator}, {@code NonceCache}); an answer
 * fits its request only. What is captured is worthless after a minute, or after a restart. It is authentic, not secret: only TLS hides it.
 *
 * <p>Each member also tells the last durable line of its tamper log, and what it remembers of those of the others, 56 bytes for each ({@code
 * AuditWitnesses}): a log that is cut or put back with all of its directory is named by those who remember more.
 *
 * <p>Heartbeats are all to all, one a second: n (n - 1) exchanges of 800 bytes and 56 for each member each way, head included. For 10 nodes that is
 * 240 kB/s in all, for 30 nodes 4.3 MB/s, for 100 nodes 127 MB/s and 99 connections a node; a feed adds a poll every three seconds while nothing is
 * written, and each write once for each other node. Hence: promised to 50 nodes, and beyond 100 another design is the right one.
 *
 * <p>There are no sockets and no JSON in here.
 */
package kvs.cluster;
