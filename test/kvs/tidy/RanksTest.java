package kvs.tidy;

import static kvs.tidy.Samples.assertClean;
import static kvs.tidy.Samples.assertOne;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RanksTest {
    private static List<String> offenders(String from, String code) {
        return Ranks.offenders(List.of(new Source("src/" + from.replace('.', '/') + "/X.java", code)));
    }

    @ParameterizedTest
    @CsvSource({
        "kvs.store, kvs.log", "kvs.log, kvs.tree", "kvs.log, kvs.world", "kvs.api, kvs.json",
        "kvs.documents, kvs.store", "kvs.node, kvs.config",
        "kvs.cli, kvs.node", "kvs.gateway, kvs.api", "kvs, kvs.cli"
    })
    void allowsLowerRanks(String from, String to) {
        assertClean(offenders(from, "import " + to + ".Word;"));
    }

    @ParameterizedTest
    @CsvSource({
        "kvs.tree, kvs.log", "kvs.log, kvs.store", "kvs.store, kvs.config", "kvs.documents, kvs.auth",
        "kvs.world, kvs.json", "kvs.store, kvs",
        "kvs.cluster, kvs.json", "kvs.gateway, kvs.config", "kvs.api, kvs.gateway", "kvs.http, kvs.attic"
    })
    void refusesUpAndSideways(String from, String to) {
        assertOne(offenders(from, "import " + to + ".Word;"), from + " may not name " + to);
    }

    @Test
    void seesEveryWayToNameAPackage() {
        assertOne(offenders("kvs.tree", "import kvs.http.*;"), "X.java:1");
        assertOne(offenders("kvs.tree", "import static kvs.http.Server.start;"), "X.java:1");
        assertOne(offenders("kvs.tree", "\nint x = new kvs.http.Server().port();"), "X.java:2");
    }

    @Test
    void ignoresCommentsLiteralsAndItsOwnPackage() {
        assertClean(offenders("kvs.tree", "package kvs.tree; // kvs.http.Server\n"
                + "String s = \"kvs.http.Server\"; kvs.tree.TreeNode n;"));
    }

    @Test
    void refusesPackagesWithoutARank() {
        assertOne(offenders("kvs.attic", ""), "kvs.attic has no rank");
    }
}
