package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.TreeSet;
import kvs.http.Route;
import kvs.routes.RouteDescription;
import kvs.routes.RouteTable;
import org.junit.jupiter.api.Test;

class RoutesTest {

    private final List<Route> served = new InMemoryApi().routes;

    @Test
    void tableListsExactlyWhatIsServed() {
        assertEquals(new TreeSet<>(RouteTable.all().stream().map(RouteDescription::name).toList()),
                new TreeSet<>(new Router(served).texts()));
    }

    @Test
    void everyRouteIsDescribedByItsRow() {
        for (Route route : served) {
            RouteDescription row = RouteTable.all().stream().filter(one -> one.name().equals(route.text()))
                    .findFirst().orElseThrow();
            assertEquals(row, route.description().open(row.access()), route.text());
            assertEquals(row.body().isPresent() || route.text().startsWith("POST /kv/{path}"),
                    route.bodyMax() > 0, route.text() + ": a body is described where one is accepted");
        }
    }
}
