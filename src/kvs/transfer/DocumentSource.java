package kvs.transfer;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A node that documents are read from, page by page in the order of their paths. One thread. */
public interface DocumentSource extends AutoCloseable {

    /**
     * A page of items.
     *
     * @param items the readable ones
     * @param unreadable a sentence for each unreadable one, with its path
     * @param next the last path of the page, when more may follow
     */
    record Page(List<TransferItem> items, List<String> unreadable, Optional<String> next) { }

    /** Living documents whose path begins with {@code prefix}, after the path {@code after}. */
    Page documents(String prefix, Optional<String> after) throws IOException;

    /** The number of these documents, for the progress; empty when it is not known at once. */
    OptionalLong count(String prefix) throws IOException;

    /** The metadata of such paths. */
    Page metadata(String prefix, Optional<String> after) throws IOException;

    @Override
    void close() throws IOException;
}
