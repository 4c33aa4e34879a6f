package kvs.audit;

/**
 * A point in the chain: behind which line one stands.
 *
 * @param n number of the line, 0 before the first
 * @param hash its hash
 * @param store the highest number of the store that was known there
 */
record ChainLink(long n, byte[] hash, long store) {

    /** Before the first line. */
    static ChainLink start() {
        return new ChainLink(0, new byte[AuditSealer.HASH_BYTES], 0);
    }
}
