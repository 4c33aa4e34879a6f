package kvs.server;

import java.util.Optional;
import kvs.tls.TestCertificate;
import kvs.tls.TlsContexts;

/** Bodies of requests, over TLS. */
class RequestBodyStreamTlsTest extends RequestBodyStreamTest {

    @Override
    Optional<TlsContexts> tls() {
        return TestCertificate.serves();
    }
}
