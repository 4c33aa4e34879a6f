package kvs.server;

import java.util.Optional;

/** Responses of every kind, over TLS. */
class NioServerTlsTest extends NioServerTest {

    @Override
    Optional<TlsContexts> tls() {
        return TestCertificate.serves();
    }
}
