/**
 * The nodes of a cluster, and what passes between them: who is there, and what they hold.
 *
 * <pre>
 *   Membership ──Greeting──▶ PeerLine ──Stamp──▶ network ──▶ kvs.http ──▶ PeerGuard ──▶ PeerService: Membership, Feed, PeerData
 *       └─▶ Roster (who is there, as seen from here)
 *
 *   Replication ─▶ Follower, one for each member:   compare all (DiffMessage) ─▶ fetch what is newer (Frames) ─▶ Merge ─▶ store
 *                                                   then follow its own writes (Feed) ─────────────────────▶ Merge ─▶ store
 * </pre>
 *
 * <p>A node pulls, nobody pushes: what a member lacks, it fetches itself. Cursors live in memory; a restarted node compares everything once with each
 * member, which costs kilobytes. A loss of any message means the same question again. Of each key only the present version travels, so a feed
 * needs no more than the numbers and keys of the last writes.
 *
 * <p>Every request and every answer carries a {@code Stamp}: a MAC by a key that is derived from the secret of the cluster ({@code Keyring}).
 * A request is for one run of one node, of one minute by that node's own clock, and is taken once ({@code PeerGuard}, {@code Nonces}); an answer
 * fits its request only. What is captured is worthless after a minute, or after a restart. It is authentic, not secret: only TLS hides it.
 *
 * <p>Heartbeats are all to all, one a second: n (n - 1) exchanges of about 700 bytes each way, head included. For 10 nodes that is 130 kB/s in
 * all, for 30 nodes 1.2 MB/s, for 100 nodes 14 MB/s and 99 connections a node; a feed adds a poll every three seconds while nothing is written, and
 * each write once for each other node. Hence: promised to 50 nodes.
 *
 * <p>There are no sockets and no JSON in here.
 */
package kvs.cluster;
