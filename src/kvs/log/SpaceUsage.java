package kvs.log;

/**
 * The space that the log takes, and the part of it that is in use.
 *
 * @param bytes of the segments
 * @param liveBytes of the records that the index points to or that compaction had to keep
 * @param segments number of files
 * @param compactions done since the start
 * @param freedBytes freed by them
 * @param busy whether a compaction is running or due
 */
public record SpaceUsage(long bytes, long liveBytes, int segments, long compactions, long freedBytes,
        boolean busy) { }
