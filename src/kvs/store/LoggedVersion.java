package kvs.store;

import kvs.model.Dot;

/**
 * A version that entered the log, as those who follow it are told.
 *
 * @param seq its number in this log
 * @param key what was written; must not be modified
 * @param dot where it was written
 * @param own whether that was here
 */
public record LoggedVersion(long seq, byte[] key, Dot dot, boolean own) { }
