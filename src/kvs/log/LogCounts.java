package kvs.log;

/**
 * The counts of the log since it was opened.
 *
 * @param segments number of files
 * @param bytes in them, without preallocated space
 * @param fsyncs number of fsyncs
 * @param fsyncNanos total duration of the fsyncs
 */
public record LogCounts(int segments, long bytes, long fsyncs, long fsyncNanos) { }
