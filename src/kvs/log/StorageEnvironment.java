package kvs.log;

import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.Disk;
import kvs.world.Logger;

/**
 * The interfaces to the outside world that a store uses.
 *
 * @param disk the data directory
 * @param clock wall clock for timestamps
 * @param dice for the id of the directory and the salts of segments
 * @param log for operators
 */
public record StorageEnvironment(Disk disk, Clock clock, Dice dice, Logger log) { }
