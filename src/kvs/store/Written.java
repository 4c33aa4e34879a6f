package kvs.store;

/**
 * A write of this directory's own, as those who follow it are told.
 *
 * @param seq its number
 * @param key what was written; must not be modified
 */
public record Written(long seq, byte[] key) { }
