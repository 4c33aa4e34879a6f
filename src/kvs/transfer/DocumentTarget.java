package kvs.transfer;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A node that documents are written to, batch by batch. One thread. */
public interface DocumentTarget extends AutoCloseable {

    /**
     * The unique id of the data directory: another or a newly created one has another id. Empty when it is
     * not known.
     */
    Optional<String> id() throws IOException;

    /** Maximum bytes of a document; the node may accept less. */
    int documentBytesMax();

    /** Maximum items of a batch. */
    int itemsMax();

    /** Maximum number of concurrent batches; they are applied in order. */
    int flightsMax();

    /**
     * Stores items of one kind in order, as far as the mode of the batch wants it. The stage completes when
     * the accepted items are durable, with an outcome for each. It completes exceptionally, with an
     * {@code IOException} as its cause, when the batch failed: part of it may be stored then, and repeating
     * it does no harm.
     */
    CompletionStage<List<PutOutcome>> put(PutBatch batch);

    @Override
    void close() throws IOException;
}
