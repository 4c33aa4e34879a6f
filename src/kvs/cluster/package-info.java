/**
 * The nodes of a cluster, and their messages: the members, their data, and what they know of each other's
 * writes.
 *
 * <pre>
 *   Membership ─▶ GossipExchange ─▶ PeerClient ──PeerSignature──▶ network ─▶ PeerAuthenticator
 *       └─▶ MemberTable (the members, as seen from here)                             ▼
 *                                 GossipExchange, Feed, SyncService ◀── PeerRequestHandler
 *
 *   Replication ─▶ Followers ─▶ Follower, one for each member:
 *       │            ├─▶ follow its own writes (Feed) ───────────────────────────────────────┐
 *       │            ├─▶ AntiEntropySession (DiffMessage) ─▶ fetch (SyncMessages) ───────────┤
 *       │            │                                    VersionReceiver, RemoteWrite ◀─────┴──▶ store
 *       │            └─▶ FollowerSchedule (when to compare everything, and when not)
 *       ├─▶ CoverageTracker    what this node covers, and may claim:  whole? an old copy? damaged? joining?
 *       ├─▶ JoinTracker        stages of a node that lacks data:      all here? or can no member bring it?
 *       ├─▶ PeerHistory        when each was heard, and its coverage: may this tombstone be forgotten?
 *       ├─▶ EndedOrigins       ended lives, and how far seen:         can this write still come from a node?
 *       └─▶ MemberProtocolGate  what all can read that may return: may this kind of record be written?
 * </pre>
 *
 * <p>{@code GossipTask} and {@code ReplicationTask} are all that runs by itself: each lists its duties, and
 * when they are due. A {@code Feed} keeps the last events ({@code FeedBuffer}) and the polls that wait for
 * more ({@code FeedPoll}).
 *
 * <p>A node pulls, none pushes: a member fetches what it lacks itself. Its progress in the writes of each
 * origin is its coverage ({@link kvs.model.Coverage}), which is written in the same transaction as the
 * versions themselves; so a restarted node continues where it was, and the loss of any message leads to the
 * same request again. Of each key only the present version is sent, at its own place in the order of the log
 * ({@code FeedPage}); of locks and accounts each version, so no document arrives before the lock that existed
 * when it was written. With coverage comes the floor of purges ({@code PurgedWatermarks}),
 * and that of each zone ({@link kvs.model.ZoneReport}). What a member merges from a file of another site goes
 * to the others by comparisons, and so does its claim, under the origins that stand for zones.
 *
 * <p>A claim never exceeds what is durable, and is never made in doubt: a node that is fetching, is damaged,
 * or may be an old copy of its directory claims nothing. Claims are the basis of {@code ?copies=}, positions
 * of clients, and the purge of dead versions: one is forgotten when every node that may return has it. A node
 * that returns after longer than that drops the versions that the others had and have forgotten
 * ({@code kvs.model.ReplicationRules#drop}).
 *
 * <p>Each member also reports the last durable line of its tamper log, and those that it remembers of the
 * others, 56 bytes for each ({@code AuditWitness}): a log that is cut or put back with all of its directory
 * is detected by the members that remember more.
 *
 * <p>Heartbeats are all to all: each pair of nodes has one exchange a second, begun by whoever is first, and
 * every sixth by the other one; 800 bytes and 56 for each member each way, head included. For 10 nodes that
 * is 140 kB/s in all, for 30 nodes 2.5 MB/s, for 100 nodes 74 MB/s and 99 connections a node; a feed adds a
 * poll every three seconds while nothing is written, and each write once for each other node. Hence: promised
 * to 50 nodes, and beyond 100 another design is the right one.
 *
 * <p>This package has no sockets and no JSON; signatures are those of {@code kvs.peer}.
 */
package kvs.cluster;
