package kvs.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import kvs.engine.Limits;

/** Our own engine. */
class NioEngineTest extends ListenerTest {

    @Override
    Engine engine(InetSocketAddress address, Listener.Doors doors) throws IOException {
        return new NioEngine(address, new Limits(1_000, 1_000, client -> false, Limits.HEAD_BYTES, Limits.FIELDS,
                new Limits.Times(10_000, 60_000, STALL_MS, 120_000)), doors);
    }
}
