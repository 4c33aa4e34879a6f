package kvs.tidy;

import static kvs.tidy.Samples.assertClean;
import static kvs.tidy.Samples.assertOne;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ManualTablesTest {
    private static final String TEXT = """
            # KVS
            | `GET /not/here` | before |
            ## HTTP API
            | request | answer |
            |---|---|
            | `PUT /kv/{path}?ttl=90s`, `?plain` | `DELETE /not/this/cell` |
            | `GET`, `HEAD /kv/{path}` | 200 |
            ### Access
            | `GET\\|PUT\\|DELETE /auth/users/{uuid}` | 200 |
            ## Configuration
            | key | default |
            |---|---|
            | `port` | `8080` |
            | `data_dir` | `./data` |
            ## End
            | `GET /not/here/either` | after |
            """;

    @Test
    void readsTheRoutesOfTheApi() {
        assertEquals(List.of("DELETE /auth/users/{uuid}", "GET /auth/users/{uuid}", "GET /kv/{path}",
                "HEAD /kv/{path}", "PUT /auth/users/{uuid}", "PUT /kv/{path}"),
                List.copyOf(new ManualTables(TEXT).routes()));
    }

    @Test
    void readsTheKeysOfTheConfiguration() {
        assertEquals(List.of("data_dir", "port"), List.copyOf(new ManualTables(TEXT).keys()));
    }

    @Test
    void emptyTextNamesNothing() {
        assertEquals(Set.of(), new ManualTables("").routes());
        assertEquals(Set.of(), new ManualTables("").keys());
    }

    @Test
    void tellsWhatOnlyOneSideNames() {
        assertClean(ManualTables.differences("route", Set.of("GET /a"), Set.of("GET /a")));
        assertOne(ManualTables.differences("route", Set.of("GET /a", "GET /b"), Set.of("GET /a")),
                "GET /b is documented, but not there");
        assertOne(ManualTables.differences("key", Set.of(), Set.of("port")),
                "port is there, but not documented");
    }
}
