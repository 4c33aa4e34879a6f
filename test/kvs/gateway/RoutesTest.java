package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import kvs.tidy.ManualTables;
import org.junit.jupiter.api.Test;

class RoutesTest {

    /** GET also serves HEAD, so the router has no route of its own for it. */
    @Test
    void manualListsExactlyWhatIsServed() throws IOException {
        Set<String> documented = new TreeSet<>(
                new ManualTables(
                Files.readString(Path.of(System.getProperty("kvs.root"), "src/kvs/docs/api.md"))).routes());
        documented.removeIf(route -> route.startsWith("HEAD "));
        Set<String> served = new TreeSet<>(new Router(new InMemoryApi().routes).texts());
        assertEquals(List.of(), ManualTables.differences("route", documented, served));
    }
}
