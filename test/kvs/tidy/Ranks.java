package kvs.tidy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rooms and ranks: a package of the product may name only packages of a lower rank. So there are no circles,
 * and nothing goes sideways. Two rooms are narrower than their rank: settings are read at the top only, and
 * the cluster never sees JSON.
 */
public final class Ranks {
    private static final Map<String, Integer> RANKS = Map.ofEntries(
            Map.entry("kvs", 12), Map.entry("kvs.cli", 11), Map.entry("kvs.cli.access", 10),
            Map.entry("kvs.cli.operation", 10), Map.entry("kvs.cli.programs", 10),
            Map.entry("kvs.node", 10), Map.entry("kvs.cli.keys", 9), Map.entry("kvs.gateway", 9),
            Map.entry("kvs.api.sites", 8), Map.entry("kvs.api", 8),
            Map.entry("kvs.ratelimit", 8), Map.entry("kvs.http", 7),
            Map.entry("kvs.transfer", 7), Map.entry("kvs.bundle", 6), Map.entry("kvs.client", 6),
            Map.entry("kvs.cluster", 6), Map.entry("kvs.proof", 6), Map.entry("kvs.routes", 6),
            Map.entry("kvs.streams", 6),
            Map.entry("kvs.audit", 5), Map.entry("kvs.auth", 5), Map.entry("kvs.backup", 5),
            Map.entry("kvs.documents", 5), Map.entry("kvs.store", 4), Map.entry("kvs.command", 3),
            Map.entry("kvs.events", 3), Map.entry("kvs.recovery", 3), Map.entry("kvs.server", 3),
            Map.entry("kvs.config", 2), Map.entry("kvs.health", 2), Map.entry("kvs.log", 2),
            Map.entry("kvs.metrics", 2), Map.entry("kvs.peer", 2), Map.entry("kvs.tls", 2),
            Map.entry("kvs.model", 1), Map.entry("kvs.tree", 1), Map.entry("kvs.deflate", 0),
            Map.entry("kvs.json", 0), Map.entry("kvs.world", 0));
    /** The packages that may read settings. */
    private static final Set<String> WIRING = Set.of("kvs", "kvs.cli", "kvs.node");
    /** The packages that never see JSON. */
    private static final Set<String> NO_JSON = Set.of("kvs.cluster", "kvs.peer");
    /** A qualified name, in an import or in the middle of code; the group is its package. */
    private static final Pattern NAME = Pattern.compile("(?<![\\w.])(kvs(?:\\.[a-z_]\\w*)*)\\.(?:[A-Z]|\\*)");

    private Ranks() {}

    /** Every name that goes up or sideways, and every package that is not in the table. */
    public static List<String> offenders(List<Source> sources) {
        var offenders = new ArrayList<String>();
        for (Source source : sources) {
            if (!source.isProduct()) {
                continue;
            }
            if (!RANKS.containsKey(source.packageName())) {
                offenders.add(source.at(1, "package " + source.packageName() + " has no rank"));
                continue;
            }
            Matcher name = NAME.matcher(source.code());
            while (name.find()) {
                if (!mayName(source.packageName(), name.group(1))) {
                    offenders.add(source.at(source.lineOf(name.start()),
                            source.packageName() + " may not name " + name.group(1)));
                }
            }
        }
        return offenders;
    }

    private static boolean mayName(String from, String to) {
        if (from.equals(to)) {
            return true;
        }
        boolean lower = RANKS.containsKey(to) && RANKS.get(to) < RANKS.get(from);
        return switch (to) {
            case "kvs.config" -> WIRING.contains(from);
            case "kvs.json" -> lower && !NO_JSON.contains(from);
            default -> lower;
        };
    }
}
