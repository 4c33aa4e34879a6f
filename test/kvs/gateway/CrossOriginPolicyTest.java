package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import kvs.model.Reason;
import kvs.model.Refusal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CrossOriginPolicyTest {

    private final CrossOriginPolicy origins = new CrossOriginPolicy(List.of("Box", "node1", "kvs.example"),
            List.of("https://app.example"));

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"PUT;Host: a:80;true", "PUT;Host: a:80|Origin: http://a:80;true",
        "PUT;Host: a:80|Origin: https://a:80;true", "PUT;Host: a:80|Origin: http://a;false",
        "PUT;Host: a:80|Origin: http://evil;false", "PUT;Host: a:80|Origin: null;false",
        "POST;Host: a|Origin: ;false",
        "DELETE;Host: a|Origin: https://evil;false", "OPTIONS;Host: a|Origin: https://evil;false",
        "GET;Host: a|Origin: https://evil;true", "HEAD;Host: a|Origin: https://evil;true",
        "PUT;Host: a|Origin: https://app.example;true", "PUT;Host: a|Origin: https://app.example:444;false",
        "PUT;Host: a|Origin: https://app.example|Sec-Fetch-Site: cross-site;true",
        "PUT;Host: a|Sec-Fetch-Site: cross-site;false", "PUT;Host: a|Sec-Fetch-Site: same-site;false",
        "PUT;Host: a|Sec-Fetch-Site: same-origin;true", "PUT;Host: a|Sec-Fetch-Site: none;true",
        "GET;Host: a|Sec-Fetch-Site: cross-site;true",
        "PUT;Host: a|Origin: http://a|Origin: http://evil;false"})
    void changesNothingForForeignPages(String method, String headers, boolean passes) {
        if (passes) {
            assertDoesNotThrow(() -> origins.checkPage(method, RequestValidationTest.headers(headers)));
        } else {
            assertEquals(Reason.CROSS_ORIGIN, assertThrows(Refusal.class,
                    () -> origins.checkPage(method, RequestValidationTest.headers(headers))).reason());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"localhost;true", "localhost:8080;true", "LOCALHOST;true",
        "127.0.0.1:8080;true", "10.1.2.3;true", "[::1];true", "[::1]:8080;true", "[fe80::1]:1;true",
        "box;true", "BOX:8080;true", "node1;true", "kvs.example:1;true", "evil.example;false",
        "localhost.evil;false", "127.0.0.1.evil;false", "1.2.3;false", "xbox;false", "kvs.example.;false",
        "::1;false", "1.2.3.4.5;false", "1.2.3.;false", ".1.2.3;false", "1..2.3;false", "1234.1.1.1;false",
        "1.1.1.1234;false", "1.1.1.x;false", "999.9.9.9;true"})
    void answersOnlyToItsNames(String host, boolean passes) {
        if (passes) {
            assertDoesNotThrow(() -> origins.checkHost(RequestValidationTest.headers("Host: " + host)));
        } else {
            assertEquals(Reason.MISDIRECTED, assertThrows(Refusal.class,
                    () -> origins.checkHost(RequestValidationTest.headers("Host: " + host))).reason());
        }
    }
}
