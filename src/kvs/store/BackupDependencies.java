package kvs.store;

import java.util.function.Consumer;
import java.util.function.Supplier;
import kvs.log.HighWatermarks;
import kvs.log.Journal;
import kvs.log.StorageEnvironment;
import kvs.model.Key;
import kvs.recovery.LogState;

/**
 * The parts of an open store that a backup is made of.
 *
 * @param bytes approximate size of the backup
 * @param onUnreadable receives keys whose present record is unreadable
 */
public record BackupDependencies(StorageEnvironment environment, Journal journal, Supplier<LogState> state,
        HighWatermarks watermarks, long bytes, Consumer<Key> onUnreadable) { }
