package kvs.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import kvs.sim.Depth;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * All that a few people can do to each other's keys in a few steps; and that each rule of access is missed
 * when it is not there.
 */
class AccessExplorerTest {

    /** {@code make sim} explores all paths from nothing too, and three steps where these are two. */
    @Tag(Depth.DEEP)
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "EMPTY_WIDE")
    void nothingThatPeopleTryBreaksAProperty(AccessScenarios world) {
        AccessExplorer explorer = new AccessExplorer(AccessRuleMutant.NONE);
        assertEquals(Optional.empty(), world.explore(explorer, world.isDeep() ? Depth.of(-1, 0) : 0));
        assertTrue(explorer.steps() > 500, "steps: " + explorer.steps());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aRuleThatIsTakenOutIsMissed(AccessRuleMutant mutant) {
        Optional<String> broken = new AccessTablesTest().broken(mutant);
        assertTrue(broken.isPresent() || AccessScenarios.violation(mutant, 0).isPresent(), mutant.toString());
    }
}
