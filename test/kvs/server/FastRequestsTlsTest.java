package kvs.server;

import java.util.Optional;
import kvs.tls.TestCertificate;
import kvs.tls.TlsContexts;

/** The fast path over TLS. */
class FastRequestsTlsTest extends FastRequestsTest {

    @Override
    Optional<TlsContexts> tls() {
        return TestCertificate.serves();
    }
}
