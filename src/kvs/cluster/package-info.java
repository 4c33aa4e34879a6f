/**
 * The nodes of a cluster and what passes between them. So far: who is there. What they hold is not replicated yet.
 *
 * <pre>
 *   Membership ──Greeting──▶ PeerLine ──Stamp──▶ network ──▶ kvs.http ──▶ PeerGuard ──▶ Membership of the other node
 *       └─▶ Roster (who is there, as seen from here)
 * </pre>
 *
 * <p>Every request and every answer carries a {@code Stamp}: a MAC by a key that is derived from the secret of the cluster ({@code Keyring}).
 * A request is for one run of one node, of one minute by that node's own clock, and is taken once ({@code PeerGuard}, {@code Nonces}); an answer
 * fits its request only. What is captured is worthless after a minute, or after a restart. It is authentic, not secret: only TLS hides it.
 *
 * <p>Heartbeats are all to all, one a second: n (n - 1) exchanges of about 700 bytes each way, head included. For 10 nodes that is 130 kB/s in
 * all, for 30 nodes 1.2 MB/s, for 100 nodes 14 MB/s and 99 connections a node. Hence: promised to 50 nodes.
 *
 * <p>There are no sockets and no JSON in here.
 */
package kvs.cluster;
