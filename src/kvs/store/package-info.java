/**
 * The append-only log-structured store: what is acknowledged here survives a power cut.
 *
 * <pre>
 *   callers ──submit──▶ queue ──▶ Writer ──one group──▶ Journal ──▶ 00000001.log 00000017.log …     (one write, one fsync a group)
 *                                   │  Transaction: decides each Write against the index
 *                                   ▼
 *   readers ◀──Root── Snapshot (the published tree) ──▶ Checkpointer ──▶ 00000007.checkpoint        (a cache for the next start)
 *                                   ▲
 *   Upkeep ── Compaction ── copies what is in use ──▶ 00000034.log in the place of 00000017.log and 00000033.log
 * </pre>
 *
 * <p>The log is a list of segments in the order of what they hold. Compaction replaces neighbours by one copy of what is in use of them, in its
 * order and under its numbers, so that a replay always reads the same history with less in it. An entry of the index knows where its version
 * lies and where the older ones do ({@code Past}).
 *
 * <p>{@code Backup} writes one state into one file while writes go on: it keeps the root, and pins the segments that the root points to. {@code
 * Restore} makes a directory of such a file, which is a store only when all of it is there ({@code Veil}).
 *
 * <p>Formats, each drawn in the file that owns it: {@code Manifest} (which segments are live), {@code Segment} (head of a file), {@code
 * Group} (what one fsync makes durable), {@code Record}, {@code Checkpoint}, {@code BackupFile}. Never change them.
 *
 * <p>After a crash {@code Recovery} reads MANIFEST, the newest good checkpoint, and replays the rest with {@code SegmentScan}. Three cases are
 * told apart: zeros behind the last group are free space; a group that nothing proves to have been durable, and that lacks a
 * sector, is the torn tail of unacknowledged writes and is cut off ({@code Sectors}); everything else that is unreadable is
 * {@code Damage}: never cut, never served, never replaced by something older. The proof is a later group, or MANIFEST, which
 * notes the end of a log that rests for a second ({@code Rest}). A group's trailer names the key of each of its records, so damage
 * to a record is confined to its key. Where even
 * that is gone, the store refuses to open unless told otherwise.
 *
 * <p>{@code DataDirectory} names a directory of another program or of a newer version before anything in it is touched. On a full disk
 * a start gives back what {@code Reserve} holds; MANIFEST notes the boot with the first write that finds room.
 *
 * <p>Failures while running: a write that fails is answered {@code DISK_FULL} and its place is written again; an fsync that fails ends
 * writing for good ({@code Forced}).
 */
package kvs.store;
