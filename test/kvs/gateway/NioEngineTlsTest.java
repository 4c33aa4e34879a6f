package kvs.gateway;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.Socket;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import kvs.tls.TestCertificate;
import kvs.tls.TlsContexts;
import kvs.sim.Depth;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Our own engine over TLS. */
@Tag(Depth.DEEP)
class NioEngineTlsTest extends NioEngineTest {

    private static final SSLContext CLIENT = TestCertificate.FIRST.client();

    @Override
    Optional<TlsContexts> tls() {
        return Optional.of(TestCertificate.FIRST.server());
    }

    @Override
    Socket connect() throws IOException {
        Socket plain = super.connect();
        return CLIENT.getSocketFactory().createSocket(plain, "127.0.0.1", plain.getPort(), true);
    }

    /** A handshake costs each side milliseconds without the optimising compiler. */
    @Override
    int crowd(int many) {
        return Depth.of(many / 10, many);
    }

    @Override
    @Test
    void otherNodesDoNotWaitBehindClients() throws IOException {
        assumeTrue(Depth.of(0, 1) == 1, "600 handshakes, in make sim");
        super.otherNodesDoNotWaitBehindClients();
    }

    @Override
    String url() {
        return super.url().replace("http:", "https:");
    }
}
