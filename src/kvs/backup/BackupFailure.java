package kvs.backup;

import java.io.IOException;
import kvs.model.HealthProblem;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.world.FailureText;

/**
 * The failure of a backup.
 *
 * @param what its cause
 * @param secret whether only administrators may read the cause: it names a key
 */
record BackupFailure(String what, boolean secret) {

    static BackupFailure of(IOException cause) {
        return new BackupFailure(FailureText.text(cause), cause instanceof UnreadableVersionException);
    }

    /** The problem for an operator; no key is named. */
    HealthProblem problem() {
        return new HealthProblem(HealthProblem.Kind.BACKUP_FAILED, "the last backup failed: "
                + (secret ? "a record is unreadable; the log and GET /admin/backups name its key" : what));
    }

    /** The refusal of the requests that waited for the backup. */
    Refusal refusal() {
        return new Refusal(secret ? Reason.DAMAGED : Reason.DISK_FULL, "the backup failed: " + what);
    }
}
