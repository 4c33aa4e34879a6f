package kvs.store;

import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.Disk;
import kvs.world.Log;

/**
 * The doors that a store uses.
 *
 * @param disk the data directory
 * @param clock wall for timestamps
 * @param dice for the id of the directory and the salts of segments
 * @param log for what an operator should see
 */
public record Doors(Disk disk, Clock clock, Dice dice, Log log) { }
