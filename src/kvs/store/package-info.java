/**
 * The store of one data directory: an index in memory, one writer, and the log behind it. An acknowledged
 * write survives a power cut.
 *
 * <pre>
 *   callers ─submit─▶ WriteQueue ─▶ Writer ─one group─▶ kvs.log.Journal ──▶ 00000001.log 00000017.log …
 *                                   │                                        (one write, one fsync a group)
 *                                   │  Transaction: decides each Write against the index
 *                                   ▼
 *   readers ◀──ReadView── LogState (the published tree) ──▶ CheckpointWriter ──▶ 00000007.checkpoint
 *                                   ▲                                        (a cache for the next start)
 *                                   │
 *   Maintenance ── Compaction ── copies the live records ──▶ 00000034.log
 *                                                   in the place of 00000017.log and 00000033.log
 * </pre>
 *
 * <p>The thread of the writer ({@code WriterThread}) does the groups of the queue. A caller that has
 * collected writes may do their group itself, when the writer is idle and its {@code CommitRule} says so.
 *
 * <p>The log is a list of segments in the order of their records. Compaction replaces neighbours by one copy
 * of the live records, in their order and with their numbers, so that a replay always reads the same history
 * with less in it; {@code CompactionScheduler} begins it when it is worth it. An entry of the index has the
 * position of its version and of the older ones ({@code VersionChain}). {@code ConflictResolver} merges a
 * version that was written elsewhere with the present one.
 *
 * <p>It begins with the {@code LogState} that {@code kvs.recovery} finds in the directory. On a full
 * disk a start releases the space of {@code DiskReserve}; MANIFEST notes the boot with the first write that
 * finds space.
 */
package kvs.store;
