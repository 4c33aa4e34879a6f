package kvs.audit;

/**
 * A point in the chain, at the end of one line.
 *
 * @param n number of the line, 0 before the first
 * @param hash its hash
 * @param store the highest sequence number of the store known there
 */
record ChainLink(long n, byte[] hash, long store) {

    /** The point before the first line. */
    static ChainLink start() {
        return new ChainLink(0, new byte[AuditSealer.HASH_BYTES], 0);
    }
}
