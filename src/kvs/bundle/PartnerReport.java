package kvs.bundle;

/**
 * The state of a partner for an operator. Immutable.
 *
 * @param name its name here
 * @param sends whether zones go out to it
 * @param receives whether zones come in from it
 * @param lastBundle number of the last bundle that this node made for it, 0 for none
 * @param heardMs time at which it was last heard of, Unix ms; of one that never answers, the time at which a
 *     bundle was last delivered; 0 for never
 * @param waiting number of dead versions that this node keeps because of it, as of the last purge
 * @param waitsUntilMs time at which nothing is kept for it any more unless it is heard of, Unix ms
 * @param unfinished whether a merge of a file of it was interrupted
 */
public record PartnerReport(String name, boolean sends, boolean receives, long lastBundle, long heardMs,
        long waiting, long waitsUntilMs, boolean unfinished) { }
