package kvs.server;

import java.util.Optional;
import kvs.RunTests;
import kvs.tls.TestCertificate;
import kvs.tls.TlsContexts;
import org.junit.jupiter.api.Tag;

/** Late clients, over TLS. */
@Tag(RunTests.TIMED)
class TimeoutsTlsTest extends TimeoutsTest {

    @Override
    Optional<TlsContexts> tls() {
        return TestCertificate.serves();
    }
}
