package kvs.server;

import java.util.Optional;
import kvs.RunTests;
import kvs.sim.Depth;
import kvs.tls.TestCertificate;
import kvs.tls.TlsContexts;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Hostile clients, over TLS: they receive gigabytes, which only an optimising compiler encrypts quickly. */
@Tag(Depth.DEEP)
@EnabledIfSystemProperty(named = "kvs.deep", matches = "true", disabledReason = "in make sim")
@Tag(RunTests.TIMED)
class HostileClientsTlsTest extends HostileClientsTest {

    @Override
    Optional<TlsContexts> tls() {
        return TestCertificate.serves();
    }
}
