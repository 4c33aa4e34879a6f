package kvs.backup;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import kvs.model.AsciiParsers;

/**
 * The names of backups: {@code kvs-node-1-20261126T034435Z.backup}, the node and the time in UTC, so that the
 * names of one node sort by time. Files with other names are not backups of ours.
 */
final class BackupFileNames {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'")
            .withZone(ZoneOffset.UTC);
    private static final String START = "kvs-";
    private static final String ENDING = ".backup";
    private static final int TIME_LENGTH = "20261126T034435Z".length();

    private final String node;

    /** The names of the backups of a node. */
    BackupFileNames(String node) {
        StringBuilder plain = new StringBuilder(node.length());
        node.chars().forEach(
                c -> plain.append(AsciiParsers.name(Character.toString(c), "._-", 1) ? (char) c : '-'));
        this.node = plain.toString();
    }

    /** The name of a backup made at that time. */
    String of(long ms) {
        return START + node + "-" + TIME.format(Instant.ofEpochMilli(ms)) + ENDING;
    }

    /** The time of a backup of this node, Unix ms; empty for any other name. */
    Optional<Long> own(String name) {
        return made(name).filter(ms -> of(ms).equals(name));
    }

    /** The time of a backup of any node, Unix ms; empty for any other name. */
    static Optional<Long> made(String name) {
        int from = name.length() - ENDING.length() - TIME_LENGTH;
        if (!name.startsWith(START) || !name.endsWith(ENDING) || from < START.length() + 2
                || name.charAt(from - 1) != '-') {
            return Optional.empty();
        }
        try {
            return Optional.of(TIME.parse(name.substring(from, from + TIME_LENGTH), Instant::from)
                    .toEpochMilli());
        } catch (DateTimeParseException noTime) {
            return Optional.empty();
        }
    }
}
