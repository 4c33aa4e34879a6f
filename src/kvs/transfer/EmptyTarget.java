package kvs.transfer;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The target of a dry run that would make a new data directory: it has no documents, and takes none. */
public final class EmptyTarget implements DocumentTarget {

    private static final int ITEMS_MAX = 1_000;

    private final int documentBytesMax;

    /** A target for documents of at most so many bytes. */
    public EmptyTarget(int documentBytesMax) {
        this.documentBytesMax = documentBytesMax;
    }

    @Override
    public Optional<String> id() {
        return Optional.empty();
    }

    @Override
    public int documentBytesMax() {
        return documentBytesMax;
    }

    @Override
    public int itemsMax() {
        return ITEMS_MAX;
    }

    @Override
    public int flightsMax() {
        return 1;
    }

    @Override
    public CompletionStage<List<PutOutcome>> put(PutBatch batch) {
        if (batch.mode() != PutBatch.Mode.DRY_RUN) {
            throw new IllegalArgumentException("not a dry run");
        }
        return CompletableFuture.completedFuture(batch.items().stream().map(this::outcome).toList());
    }

    private PutOutcome outcome(TransferItem item) {
        if (item instanceof TransferItem.DocumentItem document && document.json().length > documentBytesMax) {
            return PutOutcome.refused("the document has " + document.json().length
                    + " bytes, max_json_size is " + documentBytesMax);
        }
        return PutOutcome.CREATED;
    }

    @Override
    public void close() { }
}
