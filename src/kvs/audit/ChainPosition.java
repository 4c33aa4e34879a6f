package kvs.audit;

/**
 * A point in the chain, at the end of one line.
 *
 * @param n number of the line, 0 before the first
 * @param hash its hash
 * @param store the highest sequence number of the store known there
 */
record ChainPosition(long n, byte[] hash, long store) {

    /** The point before the first line. */
    static ChainPosition start() {
        return new ChainPosition(0, new byte[AuditSealer.HASH_BYTES], 0);
    }
}
