package kvs.audit;

import java.util.Objects;
import java.util.UUID;
import kvs.model.Version;

/**
 * Something that somebody did or tried: what one line of the tamper log will say. Empty texts and zeros are left out of the line. Never a
 * value, a header, the text of a token or a nickname; ids only.
 *
 * @param act what was done, one word: {@code put}, {@code delete}, {@code metadata}, {@code admin} …
 * @param who id of the user, {@link Version#NOBODY} when anonymous
 * @param token id of the token, empty when there was none
 * @param from address of the client
 * @param path what it was done to, empty when it is no document
 * @param uuid id of what came of it, empty when nothing did
 * @param status the HTTP status of the answer
 * @param storeSeq the store's sequence number of the write; 0 when nothing was written
 * @param count how often, 1 for a line of its own
 * @param atMs Unix time
 */
public record AuditEvent(String act, UUID who, String token, String from, String path, String uuid, int status, long storeSeq, long count,
        long atMs) {

    /** Refuses {@code null}. */
    public AuditEvent {
        Objects.requireNonNull(act);
        Objects.requireNonNull(who);
        Objects.requireNonNull(token);
        Objects.requireNonNull(from);
        Objects.requireNonNull(path);
        Objects.requireNonNull(uuid);
    }
}
