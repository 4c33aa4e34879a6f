package kvs.node;

import java.util.function.LongConsumer;
import kvs.world.EventKind;
import kvs.world.Logger;

/**
 * The time between the wish to stop a node and its stop, in which its clients go elsewhere.
 *
 * <pre>
 *   SIGTERM                      half                      end
 *      │ /health/ready: 503        │ Connection: close       │ the port is closed
 *      │ all else as before        │ on each response        │ idle connections too
 * </pre>
 * A load balancer sees the first sign at its next check and sends new connections to other nodes. A client
 * that keeps a connection sees the second sign on the next response. Who sends nothing in the second half
 * finds its connection closed without a response; HTTP lets clients repeat such a request.
 */
final class Drain {

    private final long ms;
    private final LongConsumer pause;
    private final Logger log;
    private volatile boolean begun;

    /** A drain of {@code ms}, 0 for none; {@code pause} waits for some ms. */
    Drain(long ms, LongConsumer pause, Logger log) {
        this.ms = ms;
        this.pause = pause;
        this.log = log;
    }

    /** Whether the node is about to stop. */
    boolean begun() {
        return begun;
    }

    /** Waits; {@code endConnections} is run in the middle. */
    void run(Runnable endConnections) {
        begun = true;
        if (ms > 0) {
            log.event(EventKind.NODE_DRAINING, "ms", ms);
        }
        pause.accept(ms - ms / 2);
        endConnections.run();
        pause.accept(ms / 2);
    }
}
