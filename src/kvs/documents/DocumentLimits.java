package kvs.documents;

/** The bounds of this package, each with its reason. */
public final class DocumentLimits {

    /**
     * Operations of a batch, keys of a subtree that is deleted or touched: the writer is busy with one batch
     * for some 20 ms.
     */
    public static final int OPS_MAX = 10_000;
    /** Bytes of a batch's documents, read ones included: all of it is in memory. */
    public static final int BATCH_BYTES_MAX = 32 << 20;
    /** Items of a page without a limit in the request. */
    public static final int PAGE_DEFAULT = 1_000;
    /** Maximum items of a page. */
    public static final int PAGE_MAX = 10_000;
    /** Bytes after which a page ends: keys and documents in memory until they are sent. */
    public static final int PAGE_BYTES_MAX = 8 << 20;
    /** Longest wait of a parked request, ms: proxies cut connections that are silent for longer. */
    public static final long WAIT_MS_MAX = 60_000;
    /** Maximum attempts of a bulk change whose keys change under it, before it is refused as busy. */
    static final int TRIES_MAX = 4;
    /** Dead versions purged in one transaction: a millisecond of the writer. */
    static final int PURGE_STEP = 1_000;

    private DocumentLimits() { }
}
