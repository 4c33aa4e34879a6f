package kvs.server;

import java.util.Optional;

/** Bodies in chunks, over TLS. */
class ChunkedBodyTlsTest extends ChunkedBodyTest {

    @Override
    Optional<TlsContexts> tls() {
        return TestCertificate.serves();
    }
}
