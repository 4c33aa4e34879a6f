package kvs.backup;

/** The state of a requested backup. */
public sealed interface BackupRequestStatus {

    /** The backup is complete. */
    record Finished(BackupWriter.FinishedBackup made) implements BackupRequestStatus { }

    /**
     * The backup is being written.
     *
     * @param name name of its file
     * @param sinceMs start, Unix ms
     * @param bytes bytes so far
     */
    record Running(String name, long sinceMs, long bytes) implements BackupRequestStatus { }
}
