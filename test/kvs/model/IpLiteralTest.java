package kvs.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpLiteralTest {

    @ParameterizedTest
    @CsvSource({"192.0.2.1, 192.0.2.1", "0.0.0.0, 0.0.0.0", "255.255.255.255, 255.255.255.255",
        "::, 0:0:0:0:0:0:0:0", "::1, 0:0:0:0:0:0:0:1",
        "1::, 1:0:0:0:0:0:0:0", "2001:DB8::a, 2001:db8:0:0:0:0:0:a", "1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:1.2.3.4, 1:2:3:4:5:6:102:304", "64:ff9b::192.0.2.33, 64:ff9b:0:0:0:0:c000:221",
        "::ffff:192.0.2.1, 192.0.2.1", "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0"})
    void readsAddresses(String text, String address) {
        assertEquals(address, IpLiteral.parse(text).orElseThrow().getHostAddress());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-4", "01.2.3.4", "1.2.3.4 ",
        "1..3.4", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "1::2::3", "12345::",
        "g::", "::1%lo", "::1.2.3", "1.2.3.4::", "::1:", ":1::", "localhost",
        "1:2:3:4:5:6:7:1.2.3.4", "\u0661.2.3.4"})
    void takesNothingElse(String text) {
        assertEquals(List.of(), IpLiteral.parse(text).stream().toList());
    }

    @Test
    void doesNotLookAtATextThatIsTooLong() {
        for (String part : List.of(":", "1", ".", "1:", "1.", "::")) {
            assertEquals(List.of(), IpLiteral.parse(part.repeat(30_000)).stream().toList());
        }
    }

    @ParameterizedTest
    @CsvSource({"kvs1.lan:8080, true", "192.0.2.1:1, true", "[::1]:65535, true", "[fe80::1%eth0]:80, true",
        "a_b-c.d:80, true", "::1:80, false", "[::1]80, false", "[::1:80, false", "host, false",
        "host:, false", "host:0, false", "host:080, false", "host:65536, false",
        "host:-1, false", "host:+1, false", "host:80/a?b=, false", "user@host:80, false", "ho st:80, false",
        ":80, false", "host:80#, false", "host:8080:80, false", "[1.2.3.4]:80, false", "h\u00f6st:80, false",
        "http://host:80, false", "[::1%a/b]:80, false", "host%2f:80, false"})
    void knowsWhatIsAHostAndAPort(String text, boolean good) {
        assertEquals(good, HostPort.parse(text).isPresent());
        HostPort.parse(text).ifPresent(address -> assertEquals(text, address.text()));
    }

    @Test
    void aHostHasABound() {
        assertEquals(true, HostPort.parse("h".repeat(HostPort.HOST_MAX) + ":80").isPresent());
        assertEquals(false, HostPort.parse("h".repeat(HostPort.HOST_MAX + 1) + ":80").isPresent());
        assertEquals(false, HostPort.parse("h:" + "1".repeat(1_000_000)).isPresent());
    }
}
