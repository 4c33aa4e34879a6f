package kvs.audit;

import java.util.Objects;
import java.util.UUID;
import kvs.model.Version;

/**
 * An act or an attempt of a caller: the content of one line of the audit log. Empty texts and zeros are left
 * out of the line. Never a value, a header, the text of a token or a nickname; ids only.
 *
 * @param act one word: {@code put}, {@code delete}, {@code metadata}, {@code admin} …
 * @param who id of the user, {@link Version#NOBODY} when anonymous
 * @param token id of the token, empty when there was none
 * @param from address of the client
 * @param path the document, empty when there is none
 * @param uuid id of the result, empty when there is none
 * @param status HTTP status of the response
 * @param storeSeq the store's sequence number of the write; 0 when nothing was written
 * @param count number of occurrences, 1 for a line of its own
 * @param atMs Unix time
 */
public record AuditEvent(String act, UUID who, String token, String from, String path, String uuid,
        int status, long storeSeq, long count, long atMs) {

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
