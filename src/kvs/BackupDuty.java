package kvs;

import java.io.IOException;
import java.time.ZoneId;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import kvs.config.Settings;
import kvs.ops.Backups;
import kvs.ops.Cron;
import kvs.store.Backup;
import kvs.store.Store;
import kvs.world.Disk;
import kvs.world.Failures;

/** Puts together what makes backups of a node, from its settings. */
final class BackupDuty {

    private static final String SCHEDULE = "backup_schedule";

    private BackupDuty() { }

    /** What is wrong with a setting that only its feature can judge. */
    static Optional<String> problem(String key, String value) {
        try {
            if (key.equals(SCHEDULE)) {
                Cron.parse(value);
            }
            return Optional.empty();
        } catch (Cron.BadException e) {
            return Optional.of(Failures.text(e));
        }
    }

    /** The backups of a store; {@code whole} says whether it has what there is. */
    static Backups of(Settings settings, World world, Store store, BooleanSupplier whole) {
        return new Backups(new Backups.Settings(settings.text("node_id"), schedule(settings), ZoneId.systemDefault(),
                settings.number("backup_retention")), new Backups.Doors(world.backups()::open,
                (to, name) -> begin(settings, store, to, name), world.clock(), world.log(), store.joined(), whole));
    }

    /** With {@code --force-degraded} a node serves what is left; in a cluster it has got the rest again when it is whole, alone it never will. */
    private static Backup begin(Settings settings, Store store, Disk to, String name) throws IOException {
        if (store.losses().stretches() && settings.list("seed_nodes").isEmpty()) {
            throw new IOException("parts of the log are missing, and so would they be in a backup");
        }
        return new Backup(store.backupSource(), to, name);
    }

    private static Optional<Cron> schedule(Settings settings) {
        try {
            return settings.flag("backup_enabled") ? Optional.of(Cron.parse(settings.text(SCHEDULE))) : Optional.empty();
        } catch (Cron.BadException e) {
            throw new AssertionError("settings are judged when they are read", e);
        }
    }
}
