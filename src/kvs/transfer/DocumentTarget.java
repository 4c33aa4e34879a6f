package kvs.transfer;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A node into which documents go, batch by batch. One thread. */
public interface DocumentTarget extends AutoCloseable {

    /** What nothing else is called: another directory, or one that was made anew, has another one. Empty when it cannot be known. */
    Optional<String> id() throws IOException;

    /** Bytes of a document at most; it may take less. */
    int documentBytesMax();

    /** Items of a batch at most. */
    int itemsMax();

    /** Batches that may be under way at once; they are done in their order. */
    int flightsMax();

    /**
     * Stores items of one kind in their order. The stage completes when what was taken is durable, with the reason for each that was not; or
     * exceptionally, with an {@code IOException} as its cause, when the batch could not be done as a whole: it may be there in part then, and
     * doing it again does no harm.
     */
    CompletionStage<List<Optional<String>>> put(List<TransferItem> items);

    @Override
    void close() throws IOException;
}
