package kvs.proof;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import kvs.audit.WrittenLine;

/**
 * The part of a proof that is about audit logs. Immutable.
 *
 * @param line the line that records the write; empty when the log of the node does not show it
 * @param absent the reason for that; empty when there is a line
 * @param head the last line of the log, {@code n:hash}; empty when there is none
 * @param storeHead the line that the store remembers of it; empty when there is none
 * @param remembered the lines that this node remembers of the logs of other members, by their lives
 */
public record AuditState(Optional<WrittenLine> line, String absent, String head, String storeHead,
        Map<UUID, String> remembered) {

    /** A state whose map is not changed afterwards. */
    public AuditState {
        remembered = Map.copyOf(remembered);
    }
}
