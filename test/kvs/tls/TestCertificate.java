package kvs.tls;

import java.io.IOException;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import kvs.world.Clock;
import kvs.world.Logger;

/**
 * A certificate of tests with its key, for localhost and 127.0.0.1 and a hundred years. Made once by openssl:
 * a program that makes them takes half a second.
 */
public enum TestCertificate {
    FIRST("""
            -----BEGIN CERTIFICATE-----
            MIIBljCCATugAwIBAgIUPnx6t+njOx9M43iix0rKiUShacYwCgYIKoZIzj0EAwIw
            ETEPMA0GA1UEAwwGdGVzdC1hMCAXDTI2MTEzMDEzMzczNloYDzIxMjYxMTA2MTMz
            NzM2WjARMQ8wDQYDVQQDDAZ0ZXN0LWEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
            AAQtvnJmwLGDJt/Q23eKntMUWHpOJq6v2DH2zHsZZGsepcQFvnb6PnbRKf2e/dCZ
            kDkZjdumZ4I1CYpvmQBsV4j5o28wbTAdBgNVHQ4EFgQU/NjbR40yOWmVdy3vnBro
            znfEykkwHwYDVR0jBBgwFoAU/NjbR40yOWmVdy3vnBroznfEykkwDwYDVR0TAQH/
            BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZIzj0EAwID
            SQAwRgIhAMv/cCyPPkMsr2fJLdspNe15P+Gt0sAl/f1p+b9JFqb8AiEAmjWAA+1H
            /RcSf5pNIQWy0Ixt8fUjBszG3JkCwW9hzwE=
            -----END CERTIFICATE-----
            """, """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgvUZb+/VGB1BQCUTa
            4/PokipTDaaIllrh5V7TVePgQByhRANCAAQtvnJmwLGDJt/Q23eKntMUWHpOJq6v
            2DH2zHsZZGsepcQFvnb6PnbRKf2e/dCZkDkZjdumZ4I1CYpvmQBsV4j5
            -----END PRIVATE KEY-----
            """),
    SECOND("""
            -----BEGIN CERTIFICATE-----
            MIIBlTCCATugAwIBAgIUGiChaUovqLmDZ02v5xofocDcjSMwCgYIKoZIzj0EAwIw
            ETEPMA0GA1UEAwwGdGVzdC1iMCAXDTI2MTEzMDEzMzczNloYDzIxMjYxMTA2MTMz
            NzM2WjARMQ8wDQYDVQQDDAZ0ZXN0LWIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
            AAROcKPfYY9t2V3VnG0qAlvem4jnZwNJd5kJwGX3owoQv+7t10XGaz2lr4dlITmD
            806HD0+UGmHU+GUnaa/BCAc5o28wbTAdBgNVHQ4EFgQUAZ/00BJCViGhP4m7mqfK
            gjYGDZQwHwYDVR0jBBgwFoAUAZ/00BJCViGhP4m7mqfKgjYGDZQwDwYDVR0TAQH/
            BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZIzj0EAwID
            SAAwRQIgHU9Q6VDq1nbToX446lCu55JuOe9Bv/rUqgf13vIa4IcCIQDffu/iW/+V
            q6FXbmwpgy7sNvWKQoBCoJ46rxv3a4DstQ==
            -----END CERTIFICATE-----
            """, """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgFLxjXdclQsIuU4YV
            aLFcJ9Z6O1SipXF4ZvkP6vcpGDehRANCAAROcKPfYY9t2V3VnG0qAlvem4jnZwNJ
            d5kJwGX3owoQv+7t10XGaz2lr4dlITmD806HD0+UGmHU+GUnaa/BCAc5
            -----END PRIVATE KEY-----
            """);

    private final String cert;
    private final String key;

    TestCertificate(String cert, String key) {
        this.cert = cert;
        this.key = key;
    }

    /** The certificate, PEM. */
    public String cert() {
        return cert;
    }

    /** Its key, PEM. */
    public String key() {
        return key;
    }

    /** The TLS of a server with it. */
    public TlsContexts server() {
        try {
            return new TlsContexts(() -> cert, () -> key, Clock.REAL, Logger.none());
        } catch (IOException | TlsContexts.TlsException e) {
            throw new AssertionError(e);
        }
    }

    /** The TLS of a client that trusts it alone. */
    public SSLContext client() {
        try {
            return TlsContexts.pinned(cert);
        } catch (TlsContexts.TlsException e) {
            throw new AssertionError(e);
        }
    }

    /** The same for a test that may run without TLS. */
    public static Optional<TlsContexts> serves() {
        return Optional.of(FIRST.server());
    }
}
