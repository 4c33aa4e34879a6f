package kvs.store;

/**
 * The losses of a log.
 *
 * @param spots number of unreadable records
 * @param stretches whether further records of unknown keys are lost
 */
public record LogDamageCounts(int spots, boolean stretches) { }
