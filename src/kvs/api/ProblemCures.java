package kvs.api;

import kvs.model.HealthProblem;

/** The cure of each kind of problem, in one sentence: what an operator does next. */
final class ProblemCures {

    private ProblemCures() { }

    /** The cure of problems of that kind. */
    static String of(HealthProblem.Kind kind) {
        return switch (kind) {
            case SETTING -> "Correct the setting, then restart the node";
            case FREE_SPACE_UNKNOWN -> "Look at the file system of the data directory";
            case SECRET_EXPOSED -> "Take the rights away from others, as the problem says";
            case SEED_SILENT -> "Check seed_nodes, the network, the firewall and the cluster secret";
            case MEMBER_SILENT ->
                "Start it, or repair the network; if it is gone for good: DELETE /members/{id}";
            case ID_TAKEN -> "Give one of the two nodes another node_id";
            case SECRET_DIFFERS ->
                "Copy the cluster secret that the problem names, and restart the node with the new one";
            case PEER_CERTIFICATE, TLS_PAIR_REFUSED, TLS_EXPIRED, TLS_ENDS_SOON ->
                "Put a valid certificate and key in place; they are used within ten seconds";
            case PEER_UNFIT -> "Look at the node at that address, or correct the address";
            case CLOCK_DIFFERS, CLOCK_WRONG -> "Set the clock (chronyc makestep); no restart is needed";
            case STAMPED_AHEAD -> "Set the clock, stop the node that wrote them, and run kvs restamp there";
            case OLD_MEMBER -> "Upgrade that member, or remove it";
            case SYNCING, NOT_WHOLE -> "Wait; the node fetches what it lacks from the others";
            case LEFT -> "Stop the node, or start it again to bring it back";
            case VERSIONS_WAIT -> "Look for damaged records and wrong clocks on both nodes";
            case PURGE_WAITS -> "Bring the member back, or remove it: DELETE /members/{id}";
            case VERSIONS_DROPPED -> "Nothing; the log names each one";
            case RATE_LIMITED -> "Raise rate_limit_requests, or list the proxy in trusted_proxies";
            case BACKUP_FAILED -> "Remove the reason, then POST /admin/backup";
            case MERGE_UNFINISHED -> "Merge the same file again, or a later one of that partner";
            case PARTNERS_OVERLAP -> "Remove one of the two partners, and add it again with other zones";
            case STORE_DEGRADED -> "Restore a backup; in a cluster the node fetches what it lacks";
            case STORE_FAILED -> "Check the disk (dmesg, SMART), then restart the node";
            case WRITE_REFUSED, CHECKPOINT_FAILED ->
                "Remove the reason: space, quota, mode or fault of the disk";
            case DISK_FULL -> "Delete keys or old backups, or give the disk more space; no restart is needed";
            case COMPACTION_STUCK -> "Write the damaged keys anew, then POST /admin/compact";
            case RECORDS_UNREADABLE, READS_UNREADABLE -> "Replace the disk; in a cluster POST /admin/verify"
                    + " fetches the records again";
            case TAMPER_LOG_BROKEN, TAMPER_LOG_OF_MEMBER ->
                "Run kvs verify-log there, find out who was there, and keep the directory";
            case TAMPER_LOG_UNWRITABLE -> "Give the disk of the tamper log space, or repair it";
            case TAMPER_LOG_UNPRUNED -> "Correct the mode of the directory of the tamper log";
            case TAMPER_LOG_LOST -> "Find out which client sends that many refused requests";
        };
    }
}
