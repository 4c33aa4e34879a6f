package kvs.log;

/**
 * How much of the log is in use.
 *
 * @param bytes of the segments
 * @param liveBytes of what the index points to, and of what compaction had to keep
 * @param segments files
 * @param compactions done since the start
 * @param freedBytes given back by them
 * @param busy whether a compaction is under way or due
 */
public record SpaceUsage(long bytes, long liveBytes, int segments, long compactions, long freedBytes, boolean busy) { }
