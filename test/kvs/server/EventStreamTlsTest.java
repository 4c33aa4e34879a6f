package kvs.server;

import java.util.Optional;
import kvs.tls.TestCertificate;
import kvs.tls.TlsContexts;

/** Responses without an end, over TLS. */
class EventStreamTlsTest extends EventStreamTest {

    @Override
    Optional<TlsContexts> tls() {
        return TestCertificate.serves();
    }
}
