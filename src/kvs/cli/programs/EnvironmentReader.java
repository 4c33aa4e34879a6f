package kvs.cli.programs;

import java.util.Map;
import java.util.TreeMap;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.json.JsonValue;

/**
 * The reader of the documents below a prefix, from one moment of a node to the next, and their environment
 * variables. What it keeps is bounded. One thread.
 */
final class EnvironmentReader {

    private static final int DOCUMENTS_MAX = 10_000;
    /** Bytes of the JSON; the variables are at most half of it. */
    private static final long BYTES_MAX = 2 << 20;

    private final Mirror.Pages pages;
    private final String prefix;
    private final String names;
    private final Map<String, JsonValue> documents = new TreeMap<>();
    private long bytes;
    private String since = DocumentFeed.START;

    /** A reader; {@code names} begins the name of each variable. */
    EnvironmentReader(Mirror.Pages pages, String prefix, String names) {
        this.pages = pages;
        this.prefix = prefix;
        this.names = names;
    }

    /** Reads up to the present moment, waits so long for a change, and returns the variables. */
    Map<String, String> read(long waitMs) throws CommandException {
        boolean more = true;
        for (long wait = waitMs; more; wait = 0) {
            DocumentFeed.Page page = pages.next(since, wait);
            if (page.isLost()) {
                clear();
            }
            for (DocumentFeed.Item item : page.items()) {
                take(item);
            }
            since = page.next();
            more = page.more();
        }
        return EnvironmentNames.of(documents, names);
    }

    boolean isEmpty() {
        return documents.isEmpty();
    }

    private void clear() {
        documents.clear();
        bytes = 0;
        since = DocumentFeed.START;
    }

    private void take(DocumentFeed.Item item) throws CommandException {
        JsonValue before = documents.remove(item.key());
        bytes -= before == null ? 0 : before.length();
        if (item.data().isEmpty()) {
            return;
        }
        documents.put(item.key(), item.data().get());
        bytes += item.data().get().length();
        if (documents.size() > DOCUMENTS_MAX || bytes > BYTES_MAX) {
            // Later changes may delete enough: the next read sees them only if it begins anew.
            clear();
            throw new CommandException(ExitStatus.FAILED, "no environment was made: more than "
                    + DOCUMENTS_MAX + " documents or " + BYTES_MAX + " bytes are below '" + prefix
                    + "'. Name a longer prefix, or give them as files with 'kvs mirror'");
        }
    }
}
