package kvs.node;

import kvs.config.Settings;
import kvs.log.StorageSettings;

/** The settings of a node's store, made of the settings of the node. Pure functions. */
public final class StorageSettingsFactory {

    private StorageSettingsFactory() { }

    /** The settings of the store of a node. */
    static StorageSettings settings(Settings settings, boolean forceDegraded) {
        int level = settings.flag("compression_enabled") ? (int) settings.number("compression_level") : 0;
        int segment = (int) settings.bytes("segment_size");
        return new StorageSettings(segment, Math.min(segment, StorageSettings.DEFAULT.preallocateBytes()),
                settings.text("durability").equals("fsync"), level, forceDegraded, keep(settings));
    }

    private static StorageSettings.SpaceSettings keep(Settings settings) {
        int history = settings.flag("revision_history_enabled")
                ? (int) settings.number("revision_history_max") : 0;
        return new StorageSettings.SpaceSettings(history, (int) settings.number("compaction_garbage_percent"),
                (int) settings.bytes("disk_reserve"));
    }

    /** The settings for a stopped node that a command opens. */
    public static StorageSettings offline(Settings settings) {
        return settings(settings, false);
    }

    /**
     * The settings for a stopped node into which a command imports: with the default retention, and with
     * fsync whatever the settings say, because the noted progress must not be ahead of the documents.
     */
    public static StorageSettings imports(Settings settings) {
        StorageSettings kept = settings(settings, false);
        return new StorageSettings(kept.segmentBytes(), kept.preallocateBytes(), true, kept.compression(),
                false);
    }
}
