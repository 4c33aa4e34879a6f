package kvs.events;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import kvs.tidy.Checkout;
import kvs.tidy.ManualTables;
import kvs.tidy.Source;
import kvs.world.EventKind;
import org.junit.jupiter.api.Test;

/** The manual's table of events names each kind, and no other. */
class EventTableTest {

    /** An event that nothing records is a promise that is not kept. */
    @Test
    void eachKindIsRecordedSomewhere() throws IOException {
        StringBuilder code = new StringBuilder();
        new Checkout(Path.of(System.getProperty("kvs.root"))).sources().stream().filter(Source::isProduct)
                .forEach(source -> code.append(source.code()));
        assertEquals(List.of(), Arrays.stream(EventKind.values()).map(Enum::name)
                .filter(name -> !Pattern.compile("EventKind\\." + name + "\\s*[,):]").matcher(code).find())
                .toList());
    }

    @Test
    void manualListsExactlyTheKindsOfEvents() throws IOException {
        String page = Files.readString(Path.of(System.getProperty("kvs.root"), "src/kvs/docs/monitoring.md"));
        String section = page.substring(page.indexOf("| `event` |"), page.indexOf("## The tamper log"));
        Set<String> documented = new TreeSet<>();
        section.lines().skip(1).filter(line -> line.startsWith("|")).forEach(line ->
                Pattern.compile("`([a-z_]+)`").matcher(line.split("\\|")[1]).results()
                        .forEach(span -> documented.add(span.group(1))));
        Set<String> real = new TreeSet<>(Arrays.stream(EventKind.values()).map(EventKind::word).toList());
        assertEquals(List.of(), ManualTables.differences("event", documented, real));
    }
}
