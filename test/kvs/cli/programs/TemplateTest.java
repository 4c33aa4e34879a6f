package kvs.cli.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import kvs.command.MisuseException;
import kvs.json.JsonValue;
import org.junit.jupiter.api.Test;

class TemplateTest {

    private static JsonValue json(String text) throws Exception {
        return JsonValue.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void placesAreFilledWithDocumentsAndFields() throws Exception {
        Template template = Template.parse("t", "h={{ key \"app/db\" \"host\" }}\n{{key \"app/n\"}}"
                + " {{ \"{{ x }}\" }} {{ key \"app/db\" }} {{ key \"app/db\" \".ports[1]\" }}");
        assertEquals(Set.of("app/db", "app/n"), template.keys());
        Map<String, JsonValue> documents = Map.of("app/db", json("{\"host\":\"h\\n\", \"ports\":[1,2]}"),
                "app/n", json("\"text\""));
        Set<String> missing = new TreeSet<>();
        assertEquals(Optional.of("h=h\n\ntext {{ x }} {\"host\":\"h\\n\", \"ports\":[1,2]} 2"),
                template.filled(documents, missing));
        assertEquals(Set.of(), missing);
    }

    @Test
    void missingDocumentsAndFieldsAreNamed() throws Exception {
        Template template = Template.parse("t", "{{ key \"a\" }}{{ key \"b\" \"x\" }}");
        Set<String> missing = new TreeSet<>();
        assertEquals(Optional.empty(), template.filled(Map.of("b", json("{\"y\":1}")), missing));
        assertEquals(Set.of("a", "the field x of b"), missing);
    }

    @Test
    void wrongPlaceIsRefusedWithItsLine() {
        for (String bad : new String[] {"\n{{ key }}", "\n{{ key \"a\" ", "\n{{ value \"a\" }}",
                "\n{{ key \"a\" \"b\" \"c\" }}", "\n{{ }}"}) {
            MisuseException refused = assertThrows(MisuseException.class, () -> Template.parse("t.in", bad));
            assertEquals("t.in, line 2: ", refused.getMessage().substring(0, "t.in, line 2: ".length()));
        }
        assertThrows(MisuseException.class, () -> Template.parse("t", "{{ key \"a/\" }}"));
    }
}
