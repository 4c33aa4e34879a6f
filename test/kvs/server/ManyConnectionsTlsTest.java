package kvs.server;

import java.util.Optional;
import kvs.sim.Depth;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;

/** Many connections, over TLS. */
@Tag(Depth.DEEP)
@Isolated("measures time")
class ManyConnectionsTlsTest extends ManyConnectionsTest {

    @Override
    Optional<TlsContexts> tls() {
        return TestCertificate.serves();
    }
}
