package kvs.cli.operation;

import java.util.Locale;
import kvs.model.HealthProblem;

/** The topics of the checks of {@code doctor}, in the order in which it shows them. */
enum CheckTopic {

    /** The node responds. */
    NODE("node", "responds"),
    /** The clocks. */
    CLOCK("clock", "shows the same time here and there"),
    /** The disk and what is on it. */
    DISK("disk", "reads and writes"),
    /** The free space. */
    SPACE("disk space", "suffices"),
    /** The limit of open files. */
    OPEN_FILES("open files", "are far from the limit"),
    /** The modes of files with secrets. */
    FILE_MODES("file modes", "are closed to others"),
    /** The cluster secret. */
    SECRET("cluster secret", "is that of all nodes heard"),
    /** The other members. */
    MEMBERS("members", "respond"),
    /** The TLS certificates. */
    CERTIFICATE("certificate", "is valid, or not used"),
    /** The rate limit of requests. */
    RATE_LIMIT("rate limit", "is not reached"),
    /** The versions of the program. */
    VERSION("version", "is the same everywhere"),
    /** Everything else that the node reports. */
    OTHER("other", "no other problem");

    private final String text;
    private final String good;

    CheckTopic(String text, String good) {
        this.text = text;
        this.good = good;
    }

    /** The topic in words. */
    String text() {
        return text;
    }

    /** What is the case when there is no fault. */
    String good() {
        return good;
    }

    /** The topic of a problem that a node reports; a later release may have kinds that are unknown here. */
    static CheckTopic of(String kind) {
        for (HealthProblem.Kind known : HealthProblem.Kind.values()) {
            if (known.name().toLowerCase(Locale.ROOT).equals(kind)) {
                return of(known);
            }
        }
        return OTHER;
    }

    private static CheckTopic of(HealthProblem.Kind kind) {
        return switch (kind) {
            case CLOCK_DIFFERS, CLOCK_WRONG, STAMPED_AHEAD -> CLOCK;
            case FREE_SPACE_UNKNOWN, STORE_DEGRADED, STORE_FAILED, WRITE_REFUSED, CHECKPOINT_FAILED,
                    COMPACTION_STUCK, RECORDS_UNREADABLE, READS_UNREADABLE -> DISK;
            case DISK_FULL -> SPACE;
            case SECRET_EXPOSED -> FILE_MODES;
            case SECRET_DIFFERS -> SECRET;
            case MEMBER_SILENT, SEED_SILENT, ID_TAKEN, PEER_UNFIT, PURGE_WAITS, LEFT, SYNCING, NOT_WHOLE,
                    VERSIONS_WAIT, VERSIONS_DROPPED -> MEMBERS;
            case TLS_PAIR_REFUSED, TLS_EXPIRED, TLS_ENDS_SOON, PEER_CERTIFICATE -> CERTIFICATE;
            case RATE_LIMITED -> RATE_LIMIT;
            case OLD_MEMBER -> VERSION;
            case SETTING, BACKUP_FAILED, MERGE_UNFINISHED, PARTNERS_OVERLAP, TAMPER_LOG_BROKEN,
                    TAMPER_LOG_UNWRITABLE, TAMPER_LOG_UNPRUNED, TAMPER_LOG_LOST, TAMPER_LOG_OF_MEMBER ->
                    OTHER;
        };
    }
}
