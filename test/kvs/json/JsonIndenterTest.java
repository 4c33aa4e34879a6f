package kvs.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.api.Test;

class JsonIndenterTest {

    private static String indented(String json) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream indenter = new JsonIndenter(out)) {
            indenter.write(json.getBytes(StandardCharsets.UTF_8));
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void setsAMemberALine() throws IOException {
        assertEquals("""
                {
                  "a": 1,
                  "b": [
                    1.50,
                    {
                      "c": null
                    }
                  ],
                  "d": {},
                  "e": [],
                  "f": [
                    []
                  ]
                }
                """, indented("{\"a\":1,\"b\":[ 1.50,{\"c\" :null}],\n\"d\": { },\"e\":[\t],\"f\":[[]]}\n"));
    }

    /** Braces, quotes and white space in a text are no tokens. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', value = {"1;1", "\"a\";\"a\"", "true;true",
        "\"{ [ , : ] }\";\"{ [ , : ] }\"", "\"a\\\"{\";\"a\\\"{\"", "\"a\\\\\";\"a\\\\\"", "\"ü€😀\";\"ü€😀\"",
        "{};{}", "[ ];[]", "-1.0e+5;-1.0e+5"})
    void leavesTokensAlone(String json, String expected) throws IOException {
        assertEquals(expected, indented(json));
    }

    @Test
    void returnsTheSameValue() throws IOException {
        String json = "{\"a\":[{\"b\":\"x\\\\\"},{\"c\":[1,2,[3]]}],\"d\":\"\\\"}\"}";
        assertEquals(json, indented(json).replaceAll("\\s", ""));
        assertEquals(indented(json), indented(indented(json)));
    }
}
