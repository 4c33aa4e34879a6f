/**
 * The state that a directory holds, and its way back into memory.
 *
 * <pre>
 *   MANIFEST ─────────────┐
 *   00000007.checkpoint ──┤  Checkpoint, CheckpointReader
 *   00000001.log … ───────┴─▶ Recovery ─▶ Replay ─▶ LogState: IndexSnapshot, StoreNotes with ZoneNotes
 *                                                      │
 *                  CheckpointEncoder ◀─────────────────┴──▶ kvs.store goes on from there
 * </pre>
 * {@code Recovery} reads MANIFEST and the newest good checkpoint, and replays the rest with
 * {@code SegmentScan}. It distinguishes three cases. Zeros behind the last group are free space. A group that
 * nothing proves to have been durable, and that lacks a sector, is the torn tail of unacknowledged writes and
 * is cut off ({@code TornWriteDetector}). All other unreadable bytes are {@code DamagedRecords}: never cut,
 * never served, never replaced by an older version. The proof is a later group, or MANIFEST, which notes the
 * end of a log that is idle for a second ({@code DurableEndRecorder} of the store). A group's trailer names
 * the key of each of its records, so damage to a record is confined to its key. If even the trailer is lost,
 * the directory refuses to open unless {@code --force-degraded} is given.
 *
 * <p>{@code DirectoryVerification} reads a whole directory and compares each checkpoint with the log;
 * {@code StoreNotesReader} reads the notes of a directory that another program has open. Neither changes
 * anything. The formats are drawn in {@code Checkpoint}, in {@code StoreNotes} and in {@code kvs.log}.
 */
package kvs.recovery;
