package kvs.server;

import java.util.Optional;

/** Bodies of requests, over TLS. */
class RequestBodyStreamTlsTest extends RequestBodyStreamTest {

    @Override
    Optional<TlsContexts> tls() {
        return TestCertificate.serves();
    }
}
