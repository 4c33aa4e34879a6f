package kvs.transfer;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A node out of which documents come, page by page in the order of their paths. One thread. */
public interface DocumentSource extends AutoCloseable {

    /**
     * Some of what is there.
     *
     * @param items what can be read
     * @param unreadable what is there and cannot, in sentences that name the path
     * @param next the last path of the page, when more may follow
     */
    record Page(List<TransferItem> items, List<String> unreadable, Optional<String> next) { }

    /** Living documents whose path begins with a text, behind {@code after}. */
    Page documents(String prefix, Optional<String> after) throws IOException;

    /** The same of what is set on paths. */
    Page metadata(String prefix, Optional<String> after) throws IOException;

    @Override
    void close() throws IOException;
}
