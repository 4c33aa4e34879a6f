package kvs.server;

import java.util.Optional;
import kvs.sim.Depth;
import kvs.tls.TestCertificate;
import kvs.tls.TlsContexts;
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
