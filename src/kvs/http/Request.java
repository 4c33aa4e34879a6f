package kvs.http;

import java.net.InetAddress;
import java.util.UUID;
import kvs.model.Version;

/**
 * A request that passed the guard, whatever server it came through. Immutable.
 *
 * @param method in capitals
 * @param target path and query
 * @param headers all fields
 * @param remote address of the other end of the connection
 * @param id for logs and answers
 * @param body whole, perhaps empty; must not be modified
 */
public record Request(String method, Target target, Headers headers, InetAddress remote, String id, byte[] body) {

    /** Who asks; nobody until accounts exist. */
    public UUID caller() {
        return Version.NOBODY;
    }

    /** Whether it comes from this machine. */
    public boolean local() {
        return remote.isLoopbackAddress();
    }

    /** The decoded path. */
    public String path() {
        return target.path();
    }

    /** The parameters. */
    public Query query() {
        return target.query();
    }

    /** The same with its body. */
    Request with(byte[] whole) {
        return new Request(method, target, headers, remote, id, whole);
    }
}
