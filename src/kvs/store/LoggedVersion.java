package kvs.store;

import kvs.model.Dot;

/**
 * A version that entered the log, as followers of the log receive it.
 *
 * @param seq its number in this log
 * @param key its key; must not be modified
 * @param dot origin and number of the write
 * @param own whether it was written in this directory
 */
public record LoggedVersion(long seq, byte[] key, Dot dot, boolean own) { }
