package kvs.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;

/** The server of the JDK. */
class JdkEngineTest extends ListenerTest {

    @Override
    Engine engine(InetSocketAddress address, Listener.Doors doors) throws IOException {
        return new JdkEngine(address, Optional.empty(), doors, STALL_MS);
    }
}
