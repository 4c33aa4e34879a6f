package kvs.client;

import java.util.Optional;

/**
 * The waiting of a client for nodes that cannot serve a request now. The pauses double from round to round,
 * a round being one attempt at each node. Pure.
 *
 * @param timeoutMs bound of a request, over all rounds
 * @param pauseMs the first pause
 * @param pauseMsMax the longest pause that the client chooses
 * @param limitMsMax the longest pause that a node may ask for
 * @param awaitsRestart whether the only node is waited for when it is silent, if it has responded before
 */
public record RetryBackoff(long timeoutMs, long pauseMs, long pauseMsMax, long limitMsMax,
        boolean awaitsRestart) {

    private static final int DOUBLINGS_MAX = 10;

    /** The patience of a command for which a person waits. */
    static RetryBackoff person(long timeoutMs) {
        return new RetryBackoff(timeoutMs, 200, 200, 30_000, false);
    }

    /** The patience of the copying of many documents: that of a restart, or of a rate limit of a minute. */
    public static RetryBackoff transfer() {
        return new RetryBackoff(60_000, 500, 8_000, 120_000, true);
    }

    /** The same with another bound of a request. */
    RetryBackoff within(long otherTimeoutMs) {
        return new RetryBackoff(otherTimeoutMs, pauseMs, pauseMsMax, limitMsMax, awaitsRestart);
    }

    /** The pause after a round, counted from 0, whose last refusal was that. */
    long pauseMs(int round, Optional<ClientResponse> refusal) {
        long grown = Math.min(pauseMsMax, pauseMs << Math.min(round, DOUBLINGS_MAX));
        return refusal.isEmpty() ? grown : Retry.pauseMs(refusal.get(), grown);
    }
}
