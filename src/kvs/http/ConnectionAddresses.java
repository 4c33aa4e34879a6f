package kvs.http;

import java.net.InetSocketAddress;

/**
 * The two ends of a connection.
 *
 * @param remote the client, or a proxy before it
 * @param local this node
 */
public record ConnectionAddresses(InetSocketAddress remote, InetSocketAddress local) {

    /** Whether both are loopback addresses. */
    public boolean loopback() {
        return remote.getAddress().isLoopbackAddress() && local.getAddress().isLoopbackAddress();
    }

    /**
     * Whether both are on this machine: loopback, or one address at both ends. No other machine can produce
     * the latter: the handshake's reply to this machine's own address never leaves it.
     */
    boolean withinMachine() {
        return loopback() || remote.getAddress().equals(local.getAddress());
    }
}
