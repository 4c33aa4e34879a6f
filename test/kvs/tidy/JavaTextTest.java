package kvs.tidy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JavaTextTest {
    static Stream<Arguments> samples() {
        return Stream.of(
                arguments("a; // gone", "a;        "),
                arguments("a; // gone\nb;", "a;        \nb;"),
                arguments("a /* x */ b", "a         b"),
                arguments("a /* x\n\" */ b", "a     \n     b"),
                arguments("a /* never closed", "a                "),
                arguments("f(\"in // it\") + g", "f(\"        \") + g"),
                arguments("f(\"a\\\"b\") + g", "f(\"    \") + g"),
                arguments("f(\"a\\\\\") + g", "f(\"   \") + g"),
                arguments("f('\"') + \"x\" + g", "f(' ') + \" \" + g"),
                arguments("f('\\'') + '\\\\' + g", "f('  ') + '  ' + g"),
                arguments("\"/*\" a \"*/\"", "\"  \" a \"  \""),
                arguments("a / b * c // d", "a / b * c     "),
                arguments("\"\"\"\n one \"two\" // x\n \"\"\" + g", "\"\"\"\n               \n \"\"\" + g"),
                arguments("\"\"\"\n a \\\"\"\" b\n \"\"\" + g", "\"\"\"\n         \n \"\"\" + g"),
                arguments("\"\" + g", "\"\" + g"),
                arguments("\"never closed", "\"            "),
                arguments("\"ends in \\", "\"         "));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void blanksCommentsAndLiteralsOnly(String text, String code) {
        assertEquals(code, JavaText.codeOf(text));
    }

    @Test
    void findsTheLineOfAnOffset() {
        assertEquals(3, new Source("src/kvs/X.java", "a\nb\nc").lineOf(4));
    }
}
