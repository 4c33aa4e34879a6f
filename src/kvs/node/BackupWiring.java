package kvs.node;

import java.io.IOException;
import java.time.ZoneId;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import kvs.backup.BackupScheduler;
import kvs.backup.BackupWriter;
import kvs.backup.Cron;
import kvs.config.Settings;
import kvs.store.Store;
import kvs.world.Disk;
import kvs.world.FailureText;

/** Puts together the backups of a node, from its settings. */
public final class BackupWiring {

    private static final String SCHEDULE = "backup_schedule";

    private BackupWiring() { }

    /** The error in a setting that only its feature can check. */
    public static Optional<String> problem(String key, String value) {
        try {
            if (key.equals(SCHEDULE)) {
                Cron.parse(value);
            }
            return Optional.empty();
        } catch (Cron.CronSyntaxException e) {
            return Optional.of(FailureText.text(e));
        }
    }

    /** The scheduler of backups of a store; {@code whole} says whether the node is whole. */
    static BackupScheduler of(Settings settings, Environment environment, Store store,
            BooleanSupplier whole) {
        return new BackupScheduler(new BackupScheduler.Settings(settings.text("node_id"), schedule(settings),
                ZoneId.systemDefault(), settings.number("backup_retention")),
                new BackupScheduler.Dependencies(environment.backups()::open,
                        (to, name) -> begin(settings, store, to, name), environment.clock(),
                        environment.log(), store.joined(), whole));
    }

    /**
     * With {@code --force-degraded} a node serves the readable rest of its log; in a cluster it has fetched
     * the lost part once it is whole, alone it never will.
     */
    private static BackupWriter begin(Settings settings, Store store, Disk to, String name)
            throws IOException {
        if (store.losses().stretches() && settings.list("seed_nodes").isEmpty()) {
            throw new IOException("parts of the log are missing, and a backup would lack them");
        }
        return new BackupWriter(store.backupSource(), to, name);
    }

    private static Optional<Cron> schedule(Settings settings) {
        try {
            return settings.flag("backup_enabled") ? Optional.of(Cron.parse(settings.text(SCHEDULE)))
                    : Optional.empty();
        } catch (Cron.CronSyntaxException e) {
            throw new AssertionError("the settings were checked when they were read", e);
        }
    }
}
