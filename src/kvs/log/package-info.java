/**
 * The bytes on the disk: the append-only log that the store writes and reads.
 *
 * <pre>
 *   MANIFEST (Manifest) names the live segments, the life of the directory and its boots
 *   00000001.log, 00000017.log … (Segment)   Group, Group, …; one fsync makes one Group durable
 *   Group                                    Record, Record, …, all or none after a crash
 *   Record                                   a version, a purge or a note
 * </pre>
 * {@code Journal} appends to the last segment ({@code LogTail}), {@code SegmentScan} reads a segment from
 * front to back, {@code LogBuilder} and {@code SegmentBuilder} make segments that nobody reads yet. Each
 * format is drawn in the file that owns it: {@code Manifest}, {@code Segment}, {@code Group}, {@code Record},
 * {@code ReplicatedVersion}. Never change them.
 *
 * <p>A failed write is refused as {@code DISK_FULL}, and the next group is written at the same offset; a
 * failed fsync ({@code FileSync}) ends writing for good. Whole sectors of zeros mark a torn tail, not bit rot
 * ({@code TornWriteDetector}); rot is {@code DamagedRecords}: never cut off, never served.
 * {@code DataDirectoryCheck} recognises a directory of another program or of a newer version before anything
 * in it is touched. {@code DiskReserve} sets space aside for a full disk.
 */
package kvs.log;
