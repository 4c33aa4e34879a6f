package kvs.world;

import java.util.Locale;
import kvs.world.Logger.Level;

/**
 * The kinds of events that an operator wants to see afterwards: each has its severity and its text here, and
 * nowhere else. {@link Logger#event} makes the line of the log and the recorded event from them. The word of
 * a kind is part of the API: never change one.
 */
public enum EventKind {
    NODE_STARTED(Level.INFO, "started"),
    NODE_DRAINING(Level.INFO, "this node is not ready any more, and still serves"),
    NODE_STOPPING(Level.INFO, "stopping"),
    NODE_MODE(Level.INFO, "this node changed its mode"),
    NODE_PAUSED(Level.WARN, "the process was paused: requests that arrived meanwhile are refused"),
    NODE_JOINED(Level.INFO, "this node has joined its cluster"),
    NODE_LEFT(Level.INFO, "this node left its cluster"),
    NODE_REFUTED(Level.WARN, "a departure of this node was reported wrongly: this node has refuted it"),
    NODE_NEW_LIFE(Level.INFO, "this node began a new life"),
    DIRECTORY_OF_ANOTHER(Level.WARN,
            "another node opened this data directory before: it is treated as a copy"),
    DIRECTORY_COPIED(Level.WARN, "this data directory is a copy, or was restored to an older state:"
            + " other members know later writes"),
    DIRECTORY_RENEWED(Level.INFO,
            "this data directory may be an old copy: it has a new id, and receives the missing versions"),
    LOG_PART_LOST(Level.WARN, "no member has the lost part of the log: this node continues without it"),

    MEMBER_JOINED(Level.INFO, "a member joined"),
    MEMBER_SUSPECT(Level.WARN, "a member is suspect"),
    MEMBER_FAILED(Level.WARN, "a member has failed"),
    MEMBER_RETURNED(Level.INFO, "a member returned"),
    MEMBER_REJOINED(Level.INFO, "a member that had left returned"),
    MEMBER_LEFT(Level.INFO, "a member left"),
    MEMBER_REMOVED(Level.WARN,
            "a member was removed from the list; this node keeps trying its address"),
    MEMBER_RESTARTED(Level.INFO, "a member was restarted"),
    MEMBER_NEW_LIFE(Level.INFO,
            "a member began a new life: its directory is new, renewed or restored"),
    MEMBER_MOVED(Level.INFO, "a member changed its address"),
    MEMBER_MODE(Level.INFO, "a member changed its mode"),
    SEED_SILENT(Level.WARN, "a seed does not respond"),
    SEED_RESPONDS(Level.INFO, "a seed responds"),
    PEER_PROBLEM(Level.WARN, "a peer has a problem"),
    PEER_WELL(Level.INFO, "a peer has no problem any more"),
    PEER_SILENT(Level.INFO, "a peer with a problem is silent"),
    NODE_FOREIGN(Level.WARN, "a node with another cluster secret or cluster_name was refused"),

    CONFLICT(Level.INFO, "two versions were written concurrently: the greater one won,"
            + " the other one is in the history"),
    BACKUP_MADE(Level.INFO, "backup made"),
    BACKUP_FAILED(Level.WARN, "backup failed"),
    PARTNER_ADDED(Level.INFO, "a partner was added"),
    PARTNER_REMOVED(Level.INFO, "a partner was removed"),
    PARTNER_RESET(Level.WARN, "a partner is taken for a stranger"),
    PARTNER_ROTATED(Level.INFO, "the secrets of the link to a partner were changed"),
    BUNDLE_MADE(Level.INFO, "a bundle was made for a partner"),
    BUNDLE_FAILED(Level.WARN, "a bundle for a partner was not made"),
    BUNDLE_MERGED(Level.INFO, "a file of a partner was taken"),
    BUNDLE_REFUSED(Level.WARN, "a file of a partner was refused, or not merged completely"),
    COMPACTION_FORCED(Level.INFO, "an administrator started a compaction"),
    VERIFICATION_STARTED(Level.INFO, "an administrator started a verification"),
    DISK_FULL(Level.WARN, "the disk is full: only deletes are accepted until space is free"),
    DISK_FREE(Level.INFO, "the disk has space again: writes are accepted"),
    DISK_REFUSES(Level.ERROR, "the disk refuses writes"),
    STORE_FAILED(Level.ERROR, "fsync failed: no more writes until a restart"),
    CLOCK_JUMPED(Level.WARN, "the clock jumped: purging is paused for an hour"),
    CERTIFICATE_RENEWED(Level.INFO, "new TLS certificate in use"),
    CERTIFICATE_REFUSED(Level.WARN, "the new TLS certificate or key cannot be used"),
    CERTIFICATE_WARNING(Level.WARN, "a TLS certificate needs attention"),
    TAMPER_LOG_BROKEN(Level.WARN, "the tamper log has changed"),
    TAMPER_LOG_OF_MEMBER(Level.WARN, "the tamper log of a member has changed");

    private final Level level;
    private final String text;

    EventKind(Level level, String text) {
        this.level = level;
        this.text = text;
    }

    /** The severity. */
    public Level level() {
        return level;
    }

    /** The text for people. */
    public String text() {
        return text;
    }

    /** The name for programs: {@code member_joined}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
