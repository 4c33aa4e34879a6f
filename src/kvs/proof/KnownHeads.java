package kvs.proof;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import kvs.audit.AuditAnchorKeeper;
import kvs.audit.AuditVerification.Anchor;
import kvs.model.AsciiParsers;
import kvs.recovery.StoreNotes;

/**
 * The lines of audit logs that a node remembers. Immutable.
 *
 * @param store the line of its own log that its store remembers
 * @param remembered the lines of the logs of other members, {@code n:hash}, by their lives
 */
public record KnownHeads(Optional<Anchor> store, Map<UUID, String> remembered) {

    private static final String WITNESSED = "witness/";
    private static final int UUID_CHARACTERS = 36;

    /** Lines whose map is not changed afterwards. */
    public KnownHeads {
        remembered = Map.copyOf(remembered);
    }

    /** The lines in the notes of the store of a node. */
    public static KnownHeads of(StoreNotes notes, String node) {
        Map<UUID, String> remembered = new TreeMap<>();
        notes.all().forEach((name, body) -> {
            if (name.startsWith(WITNESSED) && name.length() == WITNESSED.length() + UUID_CHARACTERS) {
                AsciiParsers.uuid(name.substring(WITNESSED.length())).ifPresent(life -> AuditAnchorKeeper
                        .decode(body).ifPresent(anchor -> remembered.put(life, anchor.toString())));
            }
        });
        return new KnownHeads(AuditAnchorKeeper.of(notes, node), remembered);
    }

    /** The same, with later lines of other members. */
    KnownHeads and(Map<UUID, String> later) {
        Map<UUID, String> all = new TreeMap<>(remembered);
        all.putAll(later);
        return new KnownHeads(store, all);
    }

    /** The state of a node that shows no line of its log, for that reason. */
    public AuditState without(String reason) {
        return new AuditState(Optional.empty(), reason, "", store.map(Anchor::toString).orElse(""),
                remembered);
    }
}
