package kvs.log;

/**
 * What the log has counted since it was opened.
 *
 * @param segments its files
 * @param bytes in them, without what is reserved for later
 * @param fsyncs times that it was forced
 * @param fsyncNanos how long that took together
 */
public record LogCounts(int segments, long bytes, long fsyncs, long fsyncNanos) { }
