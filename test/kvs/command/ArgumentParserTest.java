package kvs.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArgumentParserTest {

    private static final CommandSpec SPEC = CommandSpec.named("try", "try something")
            .form(ArgumentSpec.of("FILE", ValueType.FILE, "a file"),
                    ArgumentSpec.of("MORE", ValueType.TEXT, "more").optional())
            .form(ArgumentSpec.choice("use|rm", List.of("use", "rm"), "an act"),
                    ArgumentSpec.of("NAME", ValueType.TEXT, "names"),
                    ArgumentSpec.of("REST", ValueType.TEXT, "the rest").many())
            .option(OptionSpec.flag("--long", "a flag").letter('l'))
            .option(OptionSpec.flag("--all", "a flag").letter('a'))
            .option(OptionSpec.of("--rename", ValueType.TEXT, "several").repeated())
            .option(OptionSpec.of("--limit", ValueType.NUMBER, "a number").letter('n'))
            .option(OptionSpec.choice("--sort", List.of("name", "size"), "a choice"))
            .value("--ttl", ValueType.DURATION, "a duration").usesCluster().build();

    private static Arguments parse(String line) throws MisuseException {
        return ArgumentParser.parse(SPEC, line.isEmpty() ? List.of() : List.of(line.split(" ")));
    }

    @Test
    void readsEveryFormOfAnOption() throws MisuseException {
        Arguments arguments = parse("-la --limit=7 f --rename a=b --rename=c=d -o json --ttl 1h -- --odd");
        assertTrue(arguments.has("--long") && arguments.has("--all"));
        assertFalse(arguments.has("--quiet"));
        assertEquals(7, arguments.number("--limit").orElseThrow());
        assertEquals(List.of("a=b", "c=d"), arguments.all("--rename"));
        assertEquals(Optional.of("json"), arguments.option("--output"));
        assertEquals(3_600_000, arguments.durationMs("--ttl").orElseThrow());
        assertEquals(List.of("f", "--odd"), arguments.rest());
        assertEquals(9, parse("f -n9").number("--limit").orElseThrow());
        assertEquals(List.of("-"), parse("-").rest());
        assertEquals(4, parse("use a b c").rest().size());
        assertTrue(parse("--help").has("--help"), "help needs no arguments");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "f -x ; kvs try has no option -x",
        "f --limit ; --limit needs a value: -n, --limit NUMBER",
        "f --limit --long ; --limit needs a value: -n, --limit NUMBER",
        "f --limit 3x ; --limit: '3x' is not a whole number",
        "f --limit 1 --limit 2 ; --limit is repeated",
        "f --long=yes ; --long takes no value",
        "f --sort xxxx ; --sort must be one of name, size, not 'xxxx'",
        "f -o xml ; --output must be one of table, json, ndjson, raw, not 'xml'",
        "a b c ; use|rm must be one of use, rm, not 'a'"})
    void saysWhatIsWrong(String line, String message) {
        assertEquals(message, assertThrows(MisuseException.class, () -> parse(line)).getMessage());
    }

    @Test
    void suggestsTheOptionAndTheChoiceThatWereMeant() {
        assertEquals("kvs try has no option --lim; did you mean '--limit'?",
                assertThrows(MisuseException.class, () -> parse("f --lim 3")).getMessage());
        assertEquals("--sort must be one of name, size, not 'siez'; did you mean 'size'?",
                assertThrows(MisuseException.class, () -> parse("f --sort siez")).getMessage());
    }

    @Test
    void saysWhichArgumentsItTakes() {
        assertEquals("kvs try takes FILE [MORE] or use|rm NAME REST..., not nothing",
                assertThrows(MisuseException.class, () -> parse("")).getMessage());
        assertTrue(assertThrows(MisuseException.class, () -> parse("f --ttl soon")).getMessage()
                .startsWith("--ttl: 'soon' is not a duration"));
        assertEquals(List.of("kvs try FILE [MORE] [options]", "kvs try use|rm NAME REST... [options]"),
                SPEC.usage());
    }

    @Test
    void optionsOfEveryCommandMayStandBeforeItsName() {
        assertEquals(List.of("get", "--endpoint", "a", "-v", "-o", "json", "k", "--long"),
                GlobalOptions.moved(List.of("--endpoint", "a", "-v", "-o", "json", "get", "k", "--long")));
        assertEquals(List.of("get", "--context=x", "k"),
                GlobalOptions.moved(List.of("--context=x", "get", "k")));
        assertEquals(List.of("--force-degraded"), GlobalOptions.moved(List.of("--force-degraded")));
        assertEquals(List.of("--endpoint"), GlobalOptions.moved(List.of("--endpoint")));
    }
}
