/**
 * What a node needs to be run by people: how much a client may ask for, how it is doing in figures, who did what, and
 * when it is backed up.
 *
 * <p>{@code RateLimit} is one pure rule and a map of buckets. {@code Metrics} is the list of all figures: parts that know one register it where the
 * node is put together, {@code MetricText} writes them in the format of Prometheus. {@code TamperLog} is a chain of sealed lines in files of its
 * own:
 *
 * <pre>
 *   requests ──TamperEvent──▶ TamperQueue ─┐
 *   refusals, merged ───────▶ TamperRefusals ┴▶ TamperChain ──batch──▶ TamperFiles ──▶ 0000000000000000001.tamper … and HEAD
 *                                                                        ▲   └──────▶ TamperPages (for those who read it)
 *                                                    TamperRecovery ─────┘ at a start
 *   TamperMemory: the store remembers the last durable line, a start compares
 *   TamperCheck: reads it all, names the first line that is not as it was written
 * </pre>
 *
 * <p>Formats, each drawn in the file that owns it: {@code TamperLine}, {@code TamperHead}. What the seal protects from: somebody who can
 * write the files but does not know the key. What it does not: the same one putting the whole directory back to an older state, HEAD and all;
 * against that the last number and hash must be known somewhere else ({@code TamperCheck.Anchor}): in the store ({@code TamperMemory}), and with
 * the members of the cluster ({@code kvs.cluster.Witnesses}).
 *
 * <p>{@code Backups} decides when a backup is made and how long it is kept ({@code Cron} and {@code BackupNames} are its rules); what is in one, the
 * store knows.
 *
 * <p>The parts do not know one another, nor requests: who joins them decides what is counted and what is told.
 */
package kvs.ops;
