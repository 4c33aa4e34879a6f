/**
 * Backups: one state of a store in one file, and a data directory restored from such a file.
 *
 * <pre>
 *   BackupScheduler (Cron, BackupFileNames) ──▶ BackupWriter ──▶ kvs-NODE-TIME.backup (BackupFormat)
 *                                                                            │
 *   a data directory ◀── Restore ◀── PointInTimeFilter ◀── BackupReader ◀────┘
 * </pre>
 * {@code BackupScheduler} makes backups when they are due ({@code BackupSchedule}) or when
 * {@code PendingBackupRequests} wait, and removes the old ones from the {@code BackupDirectory}.
 * {@code BackupWriter} writes while the store goes on: it keeps the root of the index and pins the segments
 * that the root points to; {@code BackupFileWriter} appends to the file. {@code Restore} writes into a
 * {@code RestoreTargetDirectory}, which is a store only once it is complete. {@code BackupFormat} draws the
 * format and {@code BackupFileNames} owns the names; never change the format.
 */
package kvs.backup;
