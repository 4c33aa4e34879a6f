package kvs.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import kvs.auth.MetadataScope;
import kvs.auth.PermissionClass;
import kvs.auth.TokenScope;
import kvs.model.NodeMode;
import org.junit.jupiter.api.Test;

/** Rules that hold for every row of the table. */
class RouteTableTest {

    @Test
    void everyRowIsComplete() {
        Set<String> names = new HashSet<>();
        for (RouteDescription route : RouteTable.all()) {
            assertTrue(names.add(route.name()), route.name() + " is there twice");
            assertTrue(route.text().summary().endsWith("."), route.name());
            assertFalse(route.text().summary().contains("]("), route.name() + ": a link in the summary");
            assertTrue(!route.answers().isEmpty() || route == DocumentRoutes.PUT_BELOW, route.name());
        }
    }

    @Test
    void everyParameterHasAMeaningAndOneType() {
        for (RouteDescription route : RouteTable.all()) {
            List<String> names = route.query().all().stream().map(Parameter::name).toList();
            assertEquals(names.size(), new HashSet<>(names).size(), route.name() + " " + names);
            for (Parameter<?> parameter : route.query().all()) {
                assertFalse(parameter.about().isEmpty() || parameter.type().allowed().isEmpty(),
                        route.name() + " " + parameter.name());
            }
        }
    }

    /** What a caller may add to a request depends on its kind alone. */
    @Test
    void sharedParametersFollowTheKindOfTheRoute() {
        for (RouteDescription route : RouteTable.all()) {
            List<Parameter<?>> shared = route.query().shared();
            assertEquals(route.writes(), shared.contains(SharedParameters.COPIES), route.name());
            assertEquals(route.replicated(), shared.contains(SharedParameters.POSITION_WAIT), route.name());
        }
        assertTrue(DocumentRoutes.DELETE.query().shared().contains(SharedParameters.PRETTY));
        assertFalse(NodeRoutes.METRICS.query().shared().contains(SharedParameters.PRETTY));
    }

    /** The words of a schema are those of the code. */
    @Test
    void wordsAreAllThereAre() {
        assertEquals(words(Arrays.stream(NodeMode.values()).map(NodeMode::text).toList()),
                ClusterRoutes.MODE.shape());
        String tokens = TokenRoutes.CREATE.body().orElseThrow().toString();
        assertTrue(tokens.contains(Arrays.stream(TokenScope.values()).map(TokenScope::text).toList()
                .toString()), tokens);
        String can = TokenRoutes.CAN.answers().toString();
        assertTrue(can.contains(Arrays.stream(PermissionClass.values()).map(PermissionClass::text).toList()
                .toString()), can);
        String metadata = MetadataRoutes.PUT.body().orElseThrow().toString();
        assertTrue(metadata.contains(Arrays.stream(MetadataScope.values()).map(MetadataScope::text).toList()
                .toString()), metadata);
    }

    private static String words(List<String> words) {
        return "\"" + String.join("|", words) + "\"";
    }
}
