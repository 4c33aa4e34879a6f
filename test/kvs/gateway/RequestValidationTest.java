package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kvs.http.ConnectionAddresses;
import kvs.http.RequestHead;
import kvs.http.RequestHeaders;
import kvs.model.Reason;
import kvs.model.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

public class RequestValidationTest {

    static final ConnectionAddresses LOOPBACK = new ConnectionAddresses(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 8_080));

    /** Headers of lines such as {@code Host: a}, separated by {@code |}. */
    public static RequestHeaders headers(String lines) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        for (String line : lines.isEmpty() ? new String[0] : lines.split("\\|")) {
            String[] parts = line.split(": ?", 2);
            fields.computeIfAbsent(parts[0], name -> new ArrayList<>()).add(parts[1]);
        }
        return new RequestHeaders(fields);
    }

    private static RequestHead head(String method, String target, String protocol, String headers) {
        return new RequestHead(method, target, protocol, headers(headers), LOOPBACK);
    }

    private static Reason refused(RequestHead head) {
        return assertThrows(Refusal.class, () -> RequestValidation.check(head, false)).reason();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host: a", "host: a|content-length: 0", "Host: a|Content-Length: 12",
        "Host: [::1]:80", "Host: a|X: tab\there", "Host: a|X: \u00e9"})
    void letsOrdinaryRequestsPass(String headers) {
        assertDoesNotThrow(() -> RequestValidation.check(head("PUT", "/kv/a", "HTTP/1.1", headers), false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Host: ", "Host: a|Host: b", "Host: a|host: a", "Host: a|Content-Length: +5",
        "Host: a|Content-Length: -1", "Host: a|Content-Length: 5,5",
        "Host: a|Content-Length: 5|Content-Length: 5", "Host: a|Content-Length: 5|content-length: 6",
        "Host: a|Content-Length: 0x5", "Host: a|Content-Length: ", "Host: a|Content-Length: 5 ",
        "Host: a|Content-Length: 9999999999999999999", "Host: a|Content-Length: \u0665", "Host: a|X: a\nb",
        "Host: a|X: a\rb", "Host: a|X: \u0000", "Host: a|X: \u007f", "Host: a|X y: 1", "Host: a|X\u00e9: 1"})
    void refusesHeadersThatTwoProgramsReadDifferently(String headers) {
        assertEquals(Reason.BAD_REQUEST, refused(head("PUT", "/kv/a", "HTTP/1.1", headers)));
    }

    /** Only of an engine of which it is known that it reads them strictly. */
    @Test
    void takesChunksOfAnEngineThatReadsThem() {
        assertDoesNotThrow(() -> RequestValidation.check(
                head("PUT", "/kv/a", "HTTP/1.1", "Host: a|Transfer-Encoding: chunked"), true));
        for (String odd : List.of("Transfer-Encoding: Chunked",
                "Transfer-Encoding: chunked|Content-Length: 1", "Transfer-Encoding: gzip, chunked",
                "Transfer-Encoding: chunked|Transfer-Encoding: chunked", "Transfer-Encoding:")) {
            Refusal refusal = assertThrows(Refusal.class,
                    () -> RequestValidation.check(head("PUT", "/kv/a", "HTTP/1.1", "Host: a|" + odd), true),
                    odd);
            assertEquals(Reason.BAD_REQUEST, refusal.reason(), odd);
        }
        assertThrows(Refusal.class, () -> RequestValidation.check(
                head("PUT", "/kv/a", "HTTP/1.0", "Host: a|Transfer-Encoding: chunked"), true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"chunked", "Chunked", "identity", "gzip, chunked", "xchunked", ""})
    void refusesEveryTransferEncoding(String value) {
        assertEquals(Reason.LENGTH_REQUIRED,
                refused(head("PUT", "/kv/a", "HTTP/1.1", "Host: a|Transfer-Encoding: " + value)));
        assertEquals(Reason.LENGTH_REQUIRED, refused(head("GET", "/kv/a",
                "HTTP/1.1", "Host: a|Content-Length: 5|transfer-encoding: " + value)));
    }

    @Test
    void refusesOtherProtocolsAndTargets() {
        for (String protocol : List.of("HTTP/2.0", "HTTP/0.9", "HTTP/1.2")) {
            assertEquals(Reason.VERSION_NOT_SUPPORTED,
                    refused(head("GET", "/", protocol, "Host: a")), protocol);
        }
        for (String protocol : List.of("http/1.1", "")) {
            assertEquals(Reason.BAD_REQUEST, refused(head("GET", "/", protocol, "Host: a")), protocol);
        }
        for (String target : List.of("", "*", "kv", "//kv", "http://a/kv")) {
            assertEquals(Reason.BAD_REQUEST, refused(head("GET", target, "HTTP/1.1", "Host: a")), target);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"'';true", "Content-Type: application/json;true",
        "Content-Type: application/json|Content-Encoding: gzip;false",
        "Content-Type: text/json;true", "Content-Type: application/ld+json;true",
        "Content-Type: text/plain;true", "Content-Type: application/octet-stream;true",
        "Content-Type: application/x-www-form-urlencoded;true", "Content-Type: APPLICATION/JSON;true",
        "Content-Type: multipart/form-data;false", "Content-Type: text/html;false",
        "Content-Type: application/jsonp;false", "Content-Type: json;false", "Content-Type: a/b+jsonx;false",
        "Content-Encoding: identity;false", "Origin: http://a|Content-Type: application/json;true",
        "Origin: http://a|Content-Type: text/plain;false",
        "Origin: http://a;false", "Origin: http://a|Content-Type: text/json;false"})
    void takesJsonWhateverCurlCallsIt(String headers, boolean taken) {
        if (taken) {
            assertDoesNotThrow(() -> RequestValidation.checkType(headers(headers)));
        } else {
            assertEquals(Reason.UNSUPPORTED_TYPE, assertThrows(Refusal.class,
                    () -> RequestValidation.checkType(headers(headers))).reason());
        }
    }

    @Test
    void takesParametersOfATypeToo() {
        assertDoesNotThrow(
                () -> RequestValidation.checkType(headers("Content-Type: application/json; charset=utf-8")));
    }
}
