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
            """),
    /** With a key of RSA, 2,048 bits; those before have P-256. */
    RSA("""
            -----BEGIN CERTIFICATE-----
            MIIDJzCCAg+gAwIBAgIUNT3oJ8lLRDiU4oZg0Sc5qN2upqMwDQYJKoZIhvcNAQEL
            BQAwFDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEzMDE3MzYwOVoYDzIxMjYx
            MTA2MTczNjA5WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwggEiMA0GCSqGSIb3DQEB
            AQUAA4IBDwAwggEKAoIBAQCezmiRDFCb4S6zZVhGOj5ocOomfwxEZxuvca3KOO5Y
            mN54CtHddbxELiDw9h3JrEePOF+CL64HeAGni4n1a8O2Xa6azBiwqeDOKY88RXFi
            siml05woI6xwsss1eg0sLb5SeBGdl1yZOGuaQdwg0SkrXu26ohXpil5TyiFZ6vda
            QygLo39q4OH545gvmhpcohsm5TvSQd34VSaPXf+EN3dzL2fbU9Tc3yUdoytfmdCz
            lhss23D6FxH/jKZbRqVlAhA+K2B5s7eLiaCSS3IuORjl6GFByLBY4mGUxMjvCC8V
            9EWlOEkhSVVcbgLEd/YK16egdfDnU/yE2pgp9kzjNvLHAgMBAAGjbzBtMB0GA1Ud
            DgQWBBQcHh0cxt+46WChG5xed1hhQMDlGDAfBgNVHSMEGDAWgBQcHh0cxt+46WCh
            G5xed1hhQMDlGDAPBgNVHRMBAf8EBTADAQH/MBoGA1UdEQQTMBGCCWxvY2FsaG9z
            dIcEfwAAATANBgkqhkiG9w0BAQsFAAOCAQEAJeJ30WomrO0CsI0e5W1DPPBRWcLQ
            UMzozYk+RdVmtFIs0+08Kvyh6v/hyRa+kyagyTCHoYI25RlznjwbFGf7tvWDzNtX
            y4g0EPYh8awgPV4tqr/KUHBVM0uPlTcxO0NqzWRxIrzqgve/KRx6ztdmYfcuSxSF
            qBHPhdyK4Q7MlXGxDoJnkXJEZTofWzHo1vAy935UwqecyMM93bAGh8hXeNBs11jc
            EErcttkd7IFAFK1jsYbxWX5DXR6mbvBVlbPcasvRI/oeMwEVltCiqgnmguvflhEH
            eLCPgUlHfJJcs1Z0kFvsMxCcTyzSE8/QK2YqLI+C7yDUNamSDTf4oj9cRg==
            -----END CERTIFICATE-----
            """, """
            -----BEGIN PRIVATE KEY-----
            MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCezmiRDFCb4S6z
            ZVhGOj5ocOomfwxEZxuvca3KOO5YmN54CtHddbxELiDw9h3JrEePOF+CL64HeAGn
            i4n1a8O2Xa6azBiwqeDOKY88RXFisiml05woI6xwsss1eg0sLb5SeBGdl1yZOGua
            Qdwg0SkrXu26ohXpil5TyiFZ6vdaQygLo39q4OH545gvmhpcohsm5TvSQd34VSaP
            Xf+EN3dzL2fbU9Tc3yUdoytfmdCzlhss23D6FxH/jKZbRqVlAhA+K2B5s7eLiaCS
            S3IuORjl6GFByLBY4mGUxMjvCC8V9EWlOEkhSVVcbgLEd/YK16egdfDnU/yE2pgp
            9kzjNvLHAgMBAAECggEAJ0wpmRckjWZcUZ1XCk3YaqzibHNM/FJNig1F9cA/zuHJ
            T4hR5Y0AcRi/IxGsTl8Y+Cp5i/QzivqZ4jWIBpjLvgGRtxGhXHo1PJ8RKFeA1u0C
            nFvwjQhC4EKGQa35u4B4U90NcuNlUS8ihXIdwGsx1l8v0drRNFD+xZpDxYX8/rMy
            0BmvYMPj2ZPt/HWVQ64RwJiaPHahdC767VeDkBpeq4dKkxhW42eLrW95gPVHZb+s
            FoBGQNUK0QE+Zqbh+9VaWbg7Aqz955haKkDKO91rm4hEAAswpCMzvfBtRh/aICUF
            YSmTn3g/NqjFLrM/7RHC9mRqVrTmzYrH5neNZqnWwQKBgQDOqttFjLI2zX+2HJ4n
            9dWuOu42pn5mMwmtR6/QjmMPQjLn0bLbPyAkPHl4koyoiuTAxIlaZU5pMcyvPntz
            h58SC1otOU1RveTOnTWyBa9R6BauuhsvpnGILoQ/QxW2GiXW2KGBbI0fQuPAsA3p
            2rJ73THWcduGG6NQw06mFMFhhwKBgQDEttQW0THO4Wm0+BWwej2rzugAxg9prV+A
            8lZk89N2pP50tp9fg93xCgdn1EbSwmj6xtaIH77/Ef1A70OcmC+dzb/xb40ODQCf
            wAvytW2yC4PV1ktEZD4JsVMrSjOtnsHFxBriPZS+sUUOrtIEKf5q0K+A8ZpwxMMb
            ZzNCiLs0wQKBgQDJCQzpl9aYVsh/11DF4G6u4GZvRQA53DXymIRfJNMZubSZKrSI
            b9yNQ0KKVkx7ezjQh55xD5D55VaNtgMSu/+x5tcenNooxMb5cZYVCVClJVZDO4hM
            juVrqow8mb5Z+Q+L8gkRRA33NfMksl2meXYb5WyghPsddm8klghAqHoAqwKBgCLj
            JfQx/7poId41jWsyEtPwqxbQCZW9aM2urQHUeHF3S6WZaeR/t5HzLGMOs8zXK9Um
            BJA5yR7lqtukU4JnPzKmdd804HhYd/7dCYFvCdhk0GnRSqIDgTko2M45p7aoDEet
            wvLS5xl2yP+Uo6yXYgbBog6lSrWrP8sRX3byVvlBAoGBAMSDO0pZvnh4wSkc1wBI
            QS01b3gWmPffZhiA7gKpWcyUsQcMR+D26p9QUJGvuk3RHm4SnboI5V25tx8/NoCV
            83FN0Ed2PUxGqE3a3R44WqdEI9TyGDj6u32RYYjVlrAWZokxhqkBHuMgnC1EY3oT
            U259X0faIW0+23itbsYJk1bu
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
