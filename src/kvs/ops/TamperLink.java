package kvs.ops;

/**
 * A point in the chain: behind which line one stands.
 *
 * @param n number of the line, 0 before the first
 * @param hash its hash
 * @param store the highest number of the store that was known there
 */
record TamperLink(long n, byte[] hash, long store) {

    /** Before the first line. */
    static TamperLink start() {
        return new TamperLink(0, new byte[TamperSeal.HASH_BYTES], 0);
    }
}
