/**
 * The bytes on the disk: the append-only log that the store writes and reads.
 *
 * <pre>
 *   MANIFEST (Manifest) names the live segments, the life of the directory and its boots
 *   00000001.log, 00000017.log … (Segment): Group, Group, …; one fsync makes one Group durable; a Group holds Records
 *   Journal appends, SegmentScan reads from front to back, LogBuilder and SegmentWriter make segments that nobody reads yet
 * </pre>
 * Each format is drawn in the file that owns it: {@code Manifest}, {@code Segment}, {@code Group}, {@code Record}, {@code
 * ReplicatedVersion}. Never change them.
 *
 * <p>A failed write is answered {@code DISK_FULL} and its place is written again; a failed fsync ({@code FileSync}) ends writing for good. A
 * torn tail is told from rot by whole sectors of zeros ({@code TornWriteDetector}); rot is {@code LogDamage}: never cut, never served.
 * {@code DataDirectoryCheck} recognises a directory of another program or of a newer version before anything in it is touched. {@code
 * DiskReserve} sets room aside for the day when the disk is full.
 */
package kvs.log;
