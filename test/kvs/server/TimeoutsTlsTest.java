package kvs.server;

import java.util.Optional;
import kvs.tls.TestCertificate;
import kvs.tls.TlsContexts;
import org.junit.jupiter.api.parallel.Isolated;

/** Late clients, over TLS. */
@Isolated("measures time")
class TimeoutsTlsTest extends TimeoutsTest {

    @Override
    Optional<TlsContexts> tls() {
        return TestCertificate.serves();
    }
}
