package kvs.server;

import java.util.Optional;
import kvs.sim.Depth;
import kvs.tls.TestCertificate;
import kvs.tls.TlsContexts;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.parallel.Isolated;

/** Hostile clients, over TLS: they receive gigabytes, which only an optimising compiler encrypts quickly. */
@Tag(Depth.DEEP)
@EnabledIfSystemProperty(named = "kvs.deep", matches = "true", disabledReason = "in make sim")
@Isolated("measures time")
class HostileClientsTlsTest extends HostileClientsTest {

    @Override
    Optional<TlsContexts> tls() {
        return TestCertificate.serves();
    }
}
