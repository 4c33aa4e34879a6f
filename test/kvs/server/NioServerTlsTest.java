package kvs.server;

import java.util.Optional;
import kvs.tls.TestCertificate;
import kvs.tls.TlsContexts;

/** Responses of every kind, over TLS. */
class NioServerTlsTest extends NioServerTest {

    @Override
    Optional<TlsContexts> tls() {
        return TestCertificate.serves();
    }
}
