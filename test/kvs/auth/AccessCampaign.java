package kvs.auth;

import java.util.Optional;

/**
 * The explorer of access a step deeper than in the suite, and what it finds of each rule that is taken out;
 * part of {@code make sim}.
 */
public final class AccessCampaign {

    private AccessCampaign() { }

    /** Explores one world, by turns; a line of what was looked at. */
    public static String run(long turn) {
        AccessScenarios world = AccessScenarios.values()[(int) Math.floorMod(turn,
                (long) AccessScenarios.values().length)];
        AccessExplorer explorer = new AccessExplorer(AccessRuleMutant.NONE);
        world.explore(explorer, 1).ifPresent(bad -> {
            throw new AssertionError(world + ": " + bad);
        });
        AccessRuleMutant mutant = AccessRuleMutant.values()[1
                + (int) Math.floorMod(turn, AccessRuleMutant.values().length - 1L)];
        Optional<String> found = AccessScenarios.violation(mutant, 0)
                .or(() -> new AccessTablesTest().broken(mutant));
        return "access: " + world + " " + explorer.steps() + " steps, 0 violations; without " + mutant + ": "
                + found.orElseThrow(() -> new AssertionError(mutant + " is not missed"));
    }
}
