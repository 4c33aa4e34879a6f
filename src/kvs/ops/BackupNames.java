package kvs.ops;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of backups: {@code kvs-node-1-20261126T034435Z.backup}, the node and the time in UTC, so that names of one node are in the order of their
 * times. What has another name is not ours.
 */
final class BackupNames {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final Pattern ANY = Pattern.compile("kvs-(.+)-([0-9]{8}T[0-9]{6}Z)\\.backup");
    private static final String ENDING = ".backup";

    private final String node;

    /** Those of a node. */
    BackupNames(String node) {
        this.node = node.replaceAll("[^A-Za-z0-9._-]", "-");
    }

    /** The name of one that is made at that time. */
    String of(long ms) {
        return "kvs-" + node + "-" + TIME.format(Instant.ofEpochMilli(ms)) + ENDING;
    }

    /** When one of this node was made, Unix ms; empty when it is none. */
    Optional<Long> own(String name) {
        Matcher matcher = ANY.matcher(name);
        return matcher.matches() && matcher.group(1).equals(node) ? made(name) : Optional.empty();
    }

    /** When one of any node was made, Unix ms; empty when it is none. */
    static Optional<Long> made(String name) {
        Matcher matcher = ANY.matcher(name);
        try {
            return matcher.matches() ? Optional.of(TIME.parse(matcher.group(2), Instant::from).toEpochMilli()) : Optional.empty();
        } catch (DateTimeParseException noTime) {
            return Optional.empty();
        }
    }
}
