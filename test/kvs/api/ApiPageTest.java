package kvs.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import kvs.routes.RouteDescription;
import kvs.routes.RouteTable;
import kvs.tidy.ManualTables;
import org.junit.jupiter.api.Test;

class ApiPageTest {

    @Test
    void pageIsThatOfTheTable() throws Exception {
        assertEquals(ApiPage.text(), Files.readString(Path.of(System.getProperty("kvs.root"), ApiPage.PATH)),
                "the table of routes has changed: write the page anew by 'make docs'");
    }

    @Test
    void everyRouteHasARow() {
        Set<String> documented = new ManualTables(ApiPage.text()).routes();
        documented.removeIf(route -> route.startsWith("HEAD "));
        assertEquals(RouteTable.all().stream().map(RouteDescription::name)
                .collect(Collectors.toCollection(TreeSet::new)), documented);
    }
}
