package kvs.server;

import java.util.Optional;
import kvs.tls.TestCertificate;
import kvs.tls.TlsContexts;

/** Bodies in chunks, over TLS. */
class ChunkedBodyTlsTest extends ChunkedBodyTest {

    @Override
    Optional<TlsContexts> tls() {
        return TestCertificate.serves();
    }
}
