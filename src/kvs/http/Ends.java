package kvs.http;

import java.net.InetSocketAddress;

/**
 * The two ends of a connection.
 *
 * @param remote the client, or a proxy before it
 * @param local this node
 */
public record Ends(InetSocketAddress remote, InetSocketAddress local) {

    /** Whether both are on this machine. */
    boolean loopback() {
        return remote.getAddress().isLoopbackAddress() && local.getAddress().isLoopbackAddress();
    }
}
