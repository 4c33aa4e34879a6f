package kvs.server;

import java.util.Comparator;
import java.util.Optional;

/**
 * The rule of what a full server closes for a newcomer: the connection of the newcomer's loop that has waited
 * longest for a request. Other loops are left alone, because only a loop itself may touch its connections.
 * Runs on the loop.
 */
final class IdleEviction {

    private IdleEviction() { }

    /** Closes the connection of {@code loop} that has been idle longest; whether there was one. */
    static boolean evict(Loop loop) {
        Optional<Connection> idle = NioServer.connections(loop)
                .filter(connection -> connection.idleDeadline().isPresent())
                .min(Comparator.comparingLong(connection -> connection.idleDeadline().orElseThrow()));
        idle.ifPresent(Connection::close);
        return idle.isPresent();
    }
}
