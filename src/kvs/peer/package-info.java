/**
 * The signed messages between nodes: requests of a {@code PeerClient}, which a {@code PeerRequestHandler} of
 * the other node responds to after the {@code PeerAuthenticator}.
 *
 * <p>Every request and every response carries a {@code PeerSignature}: a MAC by a key that is derived from
 * the secret of the cluster ({@code Keyring}). A request is for one run of one node, of one minute by that
 * node's own clock, and is accepted once ({@code PeerAuthenticator}, {@code NonceCache}); a response fits its
 * request only. A captured message is worthless after a minute, or after a restart. Messages are authentic,
 * not secret: only TLS hides them.
 *
 * <p>{@code ClusterSecretLoader} finds the secret, or makes one; {@code ForeignNodes} and {@code PeerFailure}
 * are what an operator is told when two nodes do not have the same.
 */
package kvs.peer;
