package kvs.server;

import java.util.Optional;
import kvs.RunTests;
import kvs.sim.Depth;
import kvs.tls.TestCertificate;
import kvs.tls.TlsContexts;
import org.junit.jupiter.api.Tag;

/** Many connections, over TLS. */
@Tag(Depth.DEEP)
@Tag(RunTests.TIMED)
class ManyConnectionsTlsTest extends ManyConnectionsTest {

    @Override
    Optional<TlsContexts> tls() {
        return TestCertificate.serves();
    }
}
