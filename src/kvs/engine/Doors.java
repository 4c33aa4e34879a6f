package kvs.engine;

import kvs.world.Clock;
import kvs.world.Log;
import kvs.world.Threads;

/** What the engine uses of the world. */
public record Doors(Clock clock, Log log, Threads threads) { }
