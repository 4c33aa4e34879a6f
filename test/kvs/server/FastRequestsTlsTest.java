package kvs.server;

import java.util.Optional;

/** The fast path over TLS. */
class FastRequestsTlsTest extends FastRequestsTest {

    @Override
    Optional<TlsContexts> tls() {
        return TestCertificate.serves();
    }
}
