package kvs.store;

import java.util.function.Consumer;
import java.util.function.Supplier;
import kvs.log.HighWatermarks;
import kvs.log.Journal;
import kvs.log.StorageEnvironment;
import kvs.model.Key;

/**
 * The parts of an open store that a backup is made of.
 *
 * @param bytes about what it will have
 * @param spoiled is told of keys whose present record cannot be read
 */
public record BackupSource(StorageEnvironment doors, Journal journal, Supplier<LogState> state, HighWatermarks reach, long bytes, Consumer<Key> spoiled) { }
