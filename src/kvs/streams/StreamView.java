package kvs.streams;

import java.nio.charset.StandardCharsets;
import kvs.auth.Principal;
import kvs.documents.Changes;

/**
 * The view of a stream: streams with equal views show the same events after the same position.
 *
 * @param principal the reader, whose rights decide
 * @param prefix of the keys, empty or with a slash at its end
 * @param limit maximum changes of a page
 * @param values whether documents are included
 */
public record StreamView(Principal principal, String prefix, int limit, boolean values) {

    /** The query of its pages. */
    Changes.Query query() {
        return Changes.Query.stream(prefix.getBytes(StandardCharsets.UTF_8), limit);
    }
}
