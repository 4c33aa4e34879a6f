package kvs.http;

import java.util.Optional;
import kvs.auth.Mutant;

/**
 * The explorer of access a step deeper than in the suite, and what it finds of each rule that is taken out;
 * part of {@code make sim}.
 */
public final class AccessCampaign {

    private AccessCampaign() { }

    /** Explores one world, by turns; a line of what was looked at. */
    public static String run(long turn) {
        AccessWorlds world = AccessWorlds.values()[(int) Math.floorMod(turn, (long) AccessWorlds.values()
                .length)];
        AccessExplorer explorer = new AccessExplorer(Mutant.NONE);
        world.explore(explorer, 1).ifPresent(bad -> {
            throw new AssertionError(world + ": " + bad);
        });
        Mutant mutant = Mutant.values()[1 + (int) Math.floorMod(turn, Mutant.values().length - 1L)];
        Optional<String> found = AccessWorlds.violation(mutant, 0)
                .or(() -> new AccessTablesTest().broken(mutant));
        return "access: " + world + " " + explorer.steps() + " steps, 0 violations; without " + mutant + ": "
                + found.orElseThrow(() -> new AssertionError(mutant + " is not missed"));
    }
}
