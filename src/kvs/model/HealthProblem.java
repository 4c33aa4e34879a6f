package kvs.model;

/**
 * A problem of a node: a state that an operator should end, as {@code /health} lists it and the metric
 * {@code kvs_problems} counts it. A part that has problems returns them from a method {@code problems()}, and
 * the wiring adds that method to {@code kvs.health.HealthRegistry}, the one list.
 *
 * <p>A problem appears within seconds of its cause and disappears at most a minute after it. To add one:
 * <ol>
 * <li>add a {@link Kind} with a comment that names its cause and its end,
 * <li>return a {@code HealthProblem} of that kind from the part's {@code problems()} while the cause lasts,
 * <li>write a test that calls {@code kvs.sim.HealthProblemCheck.comesAndGoes(HealthProblem.Kind.NAME, …)}:
 * {@code HealthProblemTest} fails for a kind without one.
 * </ol>
 *
 * @param kind kind of the problem
 * @param detail one sentence for people with the fault and the remedy; no key, name or secret of a user
 */
public record HealthProblem(Kind kind, String detail) {

    /** The kinds of problems, each with its cause; its end. */
    public enum Kind {
        /** A setting does not have its full effect; until a start with another value. */
        SETTING,
        /** The disk does not report its free space; until it does. */
        FREE_SPACE_UNKNOWN,

        /**
         * The log was opened with {@code --force-degraded} and lacks something; until a start that finds the
         * complete log.
         */
        STORE_DEGRADED,
        /** The store accepts no writes any more; until a restart. */
        STORE_FAILED,
        /** The disk refused the last write; until it accepts one. */
        WRITE_REFUSED,
        /** The disk is full; until there is space. */
        DISK_FULL,
        /** The last checkpoint was not written; until one is. */
        CHECKPOINT_FAILED,
        /** Compaction has stopped, or omits a segment; until it goes on without omission. */
        COMPACTION_STUCK,
        /** Records were unreadable when the log was opened; until the log contains none of them any more. */
        RECORDS_UNREADABLE,
        /**
         * Reads found unreadable records; until the records are rewritten, and a minute after the last of
         * these reads.
         */
        READS_UNREADABLE,
        /**
         * Timestamps of versions are further ahead than clocks may differ; until the clock is near them, or
         * they are replaced.
         */
        STAMPED_AHEAD,
        /** The last backup failed; until one succeeds. */
        BACKUP_FAILED,
        /** A merge of a file of a partner was interrupted; until that file, or a later one, is merged. */
        MERGE_UNFINISHED,
        /** Two partners have zones that overlap, and one of them waits; until one of the two is removed. */
        PARTNERS_OVERLAP,

        /** The tamper log was not found as it had been left; until the next start. */
        TAMPER_LOG_BROKEN,
        /** The tamper log cannot be written; until it can. */
        TAMPER_LOG_UNWRITABLE,
        /** Files of the tamper log cannot be removed; until they can. */
        TAMPER_LOG_UNPRUNED,
        /** Requests of clients exceed the rate limit; half a minute after the last of them. */
        RATE_LIMITED,
        /** Events did not fit into the tamper log; a minute after the last of them. */
        TAMPER_LOG_LOST,
        /**
         * The tamper log of a member ends before a line that it had; until it continues behind that line, or
         * the member leaves.
         */
        TAMPER_LOG_OF_MEMBER,
        /** The last TLS certificate and key are unusable; until a usable pair is there. */
        TLS_PAIR_REFUSED,
        /** A TLS certificate in use has expired, or is not valid yet; until a valid one is in use. */
        TLS_EXPIRED,

        /** A TLS certificate in use expires within two weeks; until a later one is in use. */
        TLS_ENDS_SOON,
        /**
         * Other users of the machine may read or change a file or directory with secrets; until its mode is
         * corrected.
         */
        SECRET_EXPOSED,

        /** No seed, or not this one, has responded; until it does. */
        SEED_SILENT,
        /** A member is suspect or has failed; until it responds, leaves or is removed. */
        MEMBER_SILENT,
        /** Two nodes have the same id or the same data directory; until one of them is silent for a while. */
        ID_TAKEN,
        /**
         * A node at the address of a peer has another cluster secret; until it has ours, or is silent for a
         * while.
         */
        SECRET_DIFFERS,
        /** The certificate of a peer is not trusted; until it is, or the peer is silent for a while. */
        PEER_CERTIFICATE,
        /** A node sends an invalid response to a request of a peer; until it stops doing so. */
        PEER_UNFIT,
        /** The clock of a member is off by a minute; until it is right. */
        CLOCK_DIFFERS,
        /** The clock of this node is off from that of most others; until it is right. */
        CLOCK_WRONG,
        /**
         * A member runs an older release than the one that all members could read before; until it is
         * upgraded, leaves or is removed.
         */
        OLD_MEMBER,
        /** This node fetches the data of its cluster; until it has them. */
        SYNCING,
        /** This node lost a part of its log and fetches it; until it has it. */
        NOT_WHOLE,
        /** This node has left its cluster; until it is started again. */
        LEFT,
        /** Versions of a member cannot be accepted; until they can. */
        VERSIONS_WAIT,
        /** Tombstones are not purged because a member is away; until it comes back or is removed. */
        PURGE_WAITS,
        /** Versions were dropped that all other members had purged; a minute after the last of them. */
        VERSIONS_DROPPED
    }

    @Override
    public String toString() {
        return detail;
    }
}
